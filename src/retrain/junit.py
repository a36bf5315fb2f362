"""What pytest says of its tests, in the JUnit reports that it writes."""

from xml.etree.ElementTree import Element

from retrain import programs

# the property of a test that fails, and by the policy of its own folder only warns
WARNED = "warned"


def faults(case: Element) -> list[str]:
    """Return why a test fails, in one line each; a failure that only warns is one."""
    found = [each.get("message") for each in [*case.findall("failure"), *case.findall("error")]]
    found += [each.get("value") for each in case.iterfind(f"properties/property[@name='{WARNED}']")]
    return [programs.lines(each)[0][:300] for each in found]


def is_skipped(case: Element) -> bool:
    return case.find("skipped") is not None
