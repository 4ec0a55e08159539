"""The table of the law."""

from django.urls import path

from hemostat.console.views import law

urlpatterns = [
    path("", law.index, name="law"),
    path("changes/", law.changed, name="law_changes"),
    path("yearly-log/", law.yearly_log, name="yearly_log"),
    path("yearly-log/<int:year>/", law.yearly_log, name="yearly_log_of"),
    path("rows/<str:duty>/", law.row, name="law_row"),
    path("<str:place>/", law.place, name="law_place"),
]
