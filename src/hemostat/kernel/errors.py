"""The root of every error that Hemostat raises on purpose."""


class HemostatError(Exception):
    """An error we raise on purpose. Its text names the input and the place; `advice` names the way out."""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self._advice = advice

    def advice(self) -> str:
        """What the person at the console can do now; empty when the message says it all."""
        return self._advice


class BadInput(HemostatError):
    """Something given to us cannot be used. It was kept, or the message says that it was not."""


class NotFound(HemostatError):
    """What was asked for does not exist, or the asker may not know that it does."""


class BadSettings(HemostatError):
    """The settings or keys of a home cannot be used."""
