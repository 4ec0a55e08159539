"""Making the database of a home ready for a command."""

import os

from hemostat.kernel import Home, owners_file


def database_ready(home: Home) -> None:
    """Django is set up on this home and its tables are those of this version. A second call changes nothing."""
    os.environ["HEMOSTAT_HOME"] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hemostat.console.settings"
    import django  # noqa: PLC0415  # most commands do not need it, and it is slow to load
    from django.core.management import call_command  # noqa: PLC0415  # same

    django.setup()
    owners_file(home.database)
    call_command("migrate", verbosity=0, interactive=False)
