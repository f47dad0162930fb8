"""XMP packets: what one says, by keys such as ``dc.rights``, and adding keywords and properties to one.

A packet is parsed without DTD, entities or network, within bounds. Finding one in a file is left to ``metadata``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from imaging.errors import DamagedImage

MAX_PACKET = 4 * 2**20
"""How many bytes a packet may have."""
LONGEST_VALUE = 10_000
"""How many characters of a value count; a packet is kept whole in any case."""
MOST_KEYS = 2_000
KEYWORDS = "dc.subject"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES: Mapping[str, str] = {
    _DC: "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/bj/": "xmpBJ",
    "http://ns.adobe.com/xap/1.0/t/pg/": "xmpTPg",
    "http://ns.adobe.com/xmp/1.0/DynamicMedia/": "xmpDM",
    "http://ns.adobe.com/pdf/1.3/": "pdf",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
}
"""The names that the XMP specifications give their namespaces, whatever a packet calls them."""
_SPACES = {prefix: space for space, prefix in _PREFIXES.items()}
_CONTAINER_OF: Mapping[str, str] = {
    **dict.fromkeys(("dc.title", "dc.description", "dc.rights", "xmpRights.UsageTerms"), "Alt"),
    **dict.fromkeys(("dc.creator", "dc.date"), "Seq"),
    **dict.fromkeys(("dc.subject", "dc.contributor", "dc.language", "dc.publisher", "dc.relation", "dc.type"), "Bag"),
    **dict.fromkeys(("xmpRights.Owner", "xmp.Identifier", "photoshop.SupplementalCategories"), "Bag"),
}
"""What the XMP specifications keep properties in, even one text of them."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ITEM = f"{{{_RDF}}}li"
_ALT = f"{{{_RDF}}}Alt"
_CONTAINERS = (f"{{{_RDF}}}Bag", f"{{{_RDF}}}Seq", _ALT)
_EMPTY = (
    '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about=""/></rdf:RDF>'
    '</x:xmpmeta><?xpacket end="w"?>'
).encode()


def read_packet(packet: bytes) -> dict[str, tuple[str, ...]]:
    """Return the texts of the packet's properties by key; of a text in several languages only the default one.

    Structures, such as the history of an edit, are left out. Raises DamagedImage for bytes that are no packet.
    """
    found: dict[str, tuple[str, ...]] = {}
    for description in _rdf(_parse(packet)).findall(f"{{{_RDF}}}Description"):
        for key, texts in _properties(description):
            kept = tuple(text for text in texts if len(text) <= LONGEST_VALUE)
            if kept and len(found) < MOST_KEYS:
                found.setdefault(key, kept)
    return found


def with_keywords(packet: bytes | None, words: Sequence[str]) -> bytes:
    """Return the packet, or one that says nothing else, with the words it lacks among its ``dc:subject``.

    Raises DamagedImage for bytes that are no packet.
    """
    root = _parse(packet or _EMPTY)
    rdf = _rdf(root)
    subject = next(rdf.iter(f"{{{_DC}}}subject"), None)
    if subject is None:
        subject = etree.SubElement(_description(rdf), f"{{{_DC}}}subject", nsmap={"dc": _DC})
    bag = next((child for child in subject if child.tag in _CONTAINERS), None)
    if bag is None:
        bag = etree.SubElement(subject, f"{{{_RDF}}}Bag")
    known = {item.text for item in bag.iterfind(_ITEM)}
    for word in dict.fromkeys(words):
        if word not in known:
            etree.SubElement(bag, _ITEM).text = word
    return b"\n".join(_markers(root))


def is_property(key: str) -> bool:
    """Return whether a packet can be given a property under this key: its namespace has a name that XMP gives it."""
    prefix, _dot, name = key.partition(".")
    return prefix in _SPACES and _NAME.fullmatch(name) is not None


def with_properties(packet: bytes | None, properties: Mapping[str, Sequence[str]]) -> bytes:
    """Return the packet, or one that says nothing else, with these texts of properties in place of its own, by key.

    One that says them already stays as it is, to the byte. Raises DamagedImage for bytes that are no packet.
    """
    wanted = {key: tuple(_written(key, texts)) for key, texts in properties.items()}
    said = read_packet(packet) if packet else {}
    changes = {key: texts for key, texts in wanted.items() if texts and said.get(key) != texts}
    if packet and not changes:
        return packet
    root = _parse(packet or _EMPTY)
    rdf = _rdf(root)
    for key, texts in changes.items():
        prefix, _dot, name = key.partition(".")
        tag = f"{{{_SPACES[prefix]}}}{name}"
        for description in rdf.findall(f"{{{_RDF}}}Description"):
            description.attrib.pop(tag, None)
            for former in description.findall(tag):
                description.remove(former)
        _say(etree.SubElement(_description(rdf), tag, nsmap={prefix: _SPACES[prefix]}), key, texts)
    return b"\n".join(_markers(root))


def _written(key: str, texts: Sequence[str]) -> Iterator[str]:
    """Yield the texts as a packet can have them; of those in languages, the one of the default language."""
    for text in texts[:1] if _CONTAINER_OF.get(key) == "Alt" else texts:
        if kept := _ILLEGAL.sub("", text).strip():
            yield kept


def _say(element: etree._Element, key: str, texts: Sequence[str]) -> None:
    """Write the texts as XMP's specifications have the property: as a text, or in a container."""
    container = _CONTAINER_OF.get(key, "" if len(texts) == 1 else "Bag")
    if not container:
        element.text = texts[0]
        return
    items = etree.SubElement(element, f"{{{_RDF}}}{container}")
    for text in texts:
        item = etree.SubElement(items, _ITEM)
        item.text = text
        if container == "Alt":
            item.set(f"{{{_XML}}}lang", "x-default")


def _description(rdf: etree._Element) -> etree._Element:
    found = rdf.find(f"{{{_RDF}}}Description")
    return etree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}) if found is None else found


def _markers(root: etree._Element) -> Iterator[bytes]:
    yield '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>'.encode()
    yield etree.tostring(root, encoding="utf-8", xml_declaration=False, with_tail=False)
    yield b'<?xpacket end="w"?>'


def _parse(packet: bytes) -> etree._Element:
    if len(packet) > MAX_PACKET:
        raise DamagedImage("the XMP packet has more than {limit} bytes", limit=MAX_PACKET)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(packet.strip(b"\0 \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedImage("the XMP packet is not well-formed XML") from error
    if root.getroottree().docinfo.doctype:
        raise DamagedImage("the XMP packet has a document type, which none may have")
    return root


def _rdf(root: etree._Element) -> etree._Element:
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        raise DamagedImage("the XMP packet has no rdf:RDF")
    return rdf


def _properties(description: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, text in description.attrib.items():
        if (key := _key(description, str(name))) is not None:
            yield key, (str(text),)
    for element in description.iterchildren(etree.Element):
        if (key := _key(element, str(element.tag))) is not None:
            yield key, tuple(_texts(element))


def _texts(element: etree._Element) -> Iterator[str]:
    containers = [child for child in element.iterchildren(etree.Element) if child.tag in _CONTAINERS]
    if containers:
        items = [item for item in containers[0].iterfind(_ITEM) if not len(item) and (item.text or "").strip()]
        if containers[0].tag == _ALT:
            languages = {item.get(f"{{{_XML}}}lang", ""): item for item in reversed(items)}
            items = [languages["x-default"]] if "x-default" in languages else items[:1]
        yield from (item.text.strip() for item in items if item.text)
    elif not len(element):
        text = element.get(f"{{{_RDF}}}resource") or (element.text or "").strip()
        if text:
            yield text


def _key(element: etree._Element, name: str) -> str | None:
    """Return the key of a property; None for a name of RDF's or XML's own, or without a namespace."""
    qualified = etree.QName(name)
    space = qualified.namespace
    if space is None or space in (_RDF, _XML):
        return None
    prefix = _PREFIXES.get(space) or next((p for p, uri in element.nsmap.items() if uri == space and p), None)
    return f"{prefix}.{qualified.localname}"[:255] if prefix else None
