"""What the Python pipeline takes from a grant."""

from xml.etree import ElementTree


def read(patent):
    """Title, class and applicant of the grant in a patent's folder; empty without one."""
    fields = {"title": "", "loc_class": "", "applicant_name": ""}
    for file in patent.glob("*.XML"):
        root = ElementTree.parse(file).getroot()
        fields["title"] = _text(root.find(".//invention-title"))
        fields["loc_class"] = _text(root.find(".//classification-locarno/main-classification"))
        applicant = root.find(".//us-applicant/addressbook")
        if applicant is None:
            applicant = root.find(".//applicant/addressbook")
        if applicant is not None:
            names = [applicant.find(name) for name in ("orgname", "first-name", "last-name")]
            fields["applicant_name"] = " ".join(filter(None, map(_text, names)))
    return fields


def _text(element):
    return "" if element is None else "".join(element.itertext()).strip()
