"""Signing in and out, passwords and second factors. Only these of allauth's pages exist: nobody signs up or resets by mail."""

from allauth.account import views as allauth_views
from django.urls import include, path

from hemostat.console.views import account

urlpatterns = [
    path("login/", account.sign_in, name="account_login"),
    path("login/as/<str:role>/", account.demo_sign_in, name="demo_sign_in"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("confirm/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/", allauth_views.password_change, name="account_change_password"),
    path("factors/", include("allauth.mfa.urls")),
]
