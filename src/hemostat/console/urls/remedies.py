"""What is owed to people beside the notice, and what laws could ask for."""

from django.urls import path

from hemostat.console.views import remedies

urlpatterns = [
    path("", remedies.show, name="remedies"),
    path("<int:pk>/done/", remedies.done, name="remedy_done"),
    path("<int:pk>/answer/", remedies.cure, name="remedy_cure"),
    path("call-center/<str:language>/", remedies.script, name="remedy_script"),
]
