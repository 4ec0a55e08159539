"""Rules tried over the past."""

from django.urls import path

from hemostat.console.views import back_tests

urlpatterns = [
    path("", back_tests.index, name="back_tests"),
    path("pulse/", back_tests.index_pulse, name="back_tests_pulse"),
    path("<int:number>/", back_tests.show, name="back_test"),
    path("<int:number>/pulse/", back_tests.show_pulse, name="back_test_pulse"),
    path("<int:number>/stop/", back_tests.stop, name="back_test_stop"),
]
