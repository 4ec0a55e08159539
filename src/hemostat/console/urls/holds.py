"""What is kept, for how long, and what a legal hold keeps longer."""

from django.urls import path

from hemostat.console.views import holds

urlpatterns = [
    path("", holds.index, name="holds"),
    path("place/", holds.place, name="hold_place"),
    path("<int:number>/release/", holds.release, name="hold_release"),
]
