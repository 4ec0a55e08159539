"""Privacy requests of platforms."""

from django.urls import path

from hemostat.console.views import privacy

urlpatterns = [
    path("", privacy.index, name="privacy"),
    path("<int:pk>/defer/", privacy.defer, name="privacy_defer"),
    path("<int:pk>/resume/", privacy.resume, name="privacy_resume"),
    path("<int:pk>/done/", privacy.done, name="privacy_done"),
]
