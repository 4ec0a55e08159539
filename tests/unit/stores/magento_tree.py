"""The files of a small Magento installation: one module of Adobe's, two of others, one of them without its files."""

from pathlib import Path

import msgspec

MODULES = {"Magento_Sales": 1, "Vendor_Export": 1, "Vendor_Gone": 1, "Vendor_Off": 0}
WEBAPI = """<?xml version="1.0"?>
<routes xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:noNamespaceSchemaLocation="urn:magento:module:Magento_Webapi:etc/webapi.xsd">
  <route url="/V1/export/patients" method="GET">
    <service class="Vendor\\Export\\Api\\ExportInterface" method="all"/>
    <resources><resource ref="Vendor_Export::all"/></resources>
  </route>
  <route url="/V1/export/status/:id" method="GET">
    <service class="Vendor\\Export\\Api\\ExportInterface" method="status"/>
    <resources><resource ref="anonymous"/></resources>
  </route>
</routes>"""
ACL = """<config><acl><resources><resource id="Magento_Backend::admin">
  <resource id="Vendor_Export::all" title="Export of patients" sortOrder="1"/>
</resource></resources></acl></config>"""
CRONTAB = """<config><group id="default">
  <job name="vendor_export_nightly" instance="Vendor\\Export\\Cron\\Nightly" method="execute">
  <schedule>0 2 * * *</schedule></job></group></config>"""


def planted(root: Path, *, modules: dict[str, int] | None = None) -> Path:
    """The files are under this folder."""
    listed = "".join(f"        '{name}' => {on},\n" for name, on in (modules or MODULES).items())
    write(root, "app/etc/config.php", f"<?php\nreturn [\n    'modules' => [\n{listed}    ]\n];\n")
    write(root, "app/etc/env.php", "<?php return ['db' => ['password' => 'a very secret word']];")
    etc = "vendor/vendor-co/module-export/src/etc"
    write(root, f"{etc}/module.xml", '<config><module name="Vendor_Export"/></config>')
    write(root, f"{etc}/webapi.xml", WEBAPI)
    write(root, f"{etc}/acl.xml", ACL)
    write(root, f"{etc}/crontab.xml", CRONTAB)
    write(root, "m2-hotfixes/apsb-26-146.patch", "--- a\n+++ b\n")
    packages = [
        {"name": "magento/product-community-edition", "version": "2.4.9-p1"},
        {"name": "vendor-co/module-export", "version": "1.2.0"},
    ]
    write(root, "composer.lock", msgspec.json.encode({"packages": packages}).decode())
    return root


def write(root: Path, name: str, text: str) -> None:
    """A file holds this text."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
