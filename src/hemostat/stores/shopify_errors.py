"""What a store may answer instead of what was asked for."""

from hemostat.kernel import HemostatError


class ShopifyDown(HemostatError):
    """The store does not answer, or has no room now: the same question may be asked later."""


class ShopifyRefused(HemostatError):
    """The store answered that it will not do this. Asking again changes nothing."""


class ShopifyDenied(ShopifyRefused):
    """The token may not read this; the text is the platform's reason."""
