"""The assessment of a breach, beneath its incident."""

from django.urls import path

from hemostat.console.views import assessment

urlpatterns = [
    path("", assessment.show, name="assessment"),
    path("submit/", assessment.submit, name="assessment_submit"),
    path("burden/", assessment.burden, name="assessment_burden"),
    path("<int:pk>/", assessment.decide, name="assessment_decide"),
]
