"""Rules of a merchant's own, as tests write them."""

PAGE_READ = "c3d2f9a0-6b1e-4a52-9c3b-0c1f5f0f7e01"
"""The id of the rule that `rule_text` makes when it is told no other."""


def rule_text(
    *,
    id: str = PAGE_READ,  # noqa: A002  # the word of the rule
    title: str = "Somebody reads a page",
    act: str = "page:read",
    found: str = "page:read",
    passed: str = "page:write",
    ours: str = "",
    more: str = "",
) -> str:
    """A rule over single events with a positive and a negative sample: `found` and `passed` are their acts."""
    samples = f"  samples: {{positive: [[{{act: '{found}'}}]], negative: [[{{act: '{passed}'}}]]}}\n" if found else ""
    return (
        f"title: {title}\n"
        f"{f'id: {id}{chr(10)}' if id else ''}"
        "logsource: {product: hemostat, category: access}\n"
        f"detection: {{s: {{hemostat.act: '{act}'}}, condition: s}}\n"
        "level: high\n"
        f"{more}"
        "hemostat:\n"
        "  surface: storefront\n"
        f"{ours}{samples}"
    )
