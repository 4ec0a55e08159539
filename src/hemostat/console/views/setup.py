"""The first run: whoever can read the one-time token on the server becomes the first administrator."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from hemostat.console.moment import now
from hemostat.console.roster import has_people
from hemostat.kernel import BadInput, NotFound
from hemostat.people.services import MINIMUM_PASSWORD, SETUP_TOKEN, first_admin_create


class FirstAdminForm(forms.Form):
    """The token, and who the administrator will be."""

    token = forms.CharField(
        label="Setup token",
        help_text=f"From the file {SETUP_TOKEN} in the home folder on the server.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    display_name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    username = forms.CharField(
        label="Name to sign in with", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Password",
        help_text=f"At least {MINIMUM_PASSWORD} characters: a few random words are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@login_not_required
@sensitive_post_parameters("token", "password")
def first_admin(request: HttpRequest) -> HttpResponse:
    """The first administrator exists. Once there is anybody, this page does not exist."""
    if has_people():
        raise NotFound("The setup is done.")
    form = FirstAdminForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            first_admin_create(now=now(), **form.cleaned_data)
        except BadInput as error:
            form.add_error(None, f"{error} {error.advice()}")
        else:
            messages.success(request, "The first administrator exists. Sign in, then add a second factor.")
            return redirect("account_login")
    return render(request, "console/setup.html", {"form": form})
