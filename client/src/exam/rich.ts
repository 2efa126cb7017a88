// Rich text of items on the page. The markup is parsed apart from the page, and only what is on these lists is built
// anew, element by element: whatever else a text may hold never becomes part of the page.

const HTML = "http://www.w3.org/1999/xhtml";
const MATH = "http://www.w3.org/1998/Math/MathML";

/** An attribute is copied when its whole value fits. */
type Attributes = Readonly<Record<string, RegExp>>;
const NONE: Attributes = {};
const CELL: Attributes = { colspan: /^[1-9]\d?$/, rowspan: /^[1-9]\d?$/ };

function listed(names: string, more: Readonly<Record<string, Attributes>>): ReadonlyMap<string, Attributes> {
  return new Map([...names.split(" ").map((name): [string, Attributes] => [name, NONE]), ...Object.entries(more)]);
}

const ELEMENTS = listed("p br strong em u s sub sup ul ol li table thead tbody tr pre code", {
  td: CELL, th: CELL, img: { alt: /^[^]*$/, width: /^[1-9]\d{0,3}$/ },
});
const FORMULAS = listed("mrow mn mtext msqrt mroot msub msup msubsup munder munderover mtable mtr mtd", {
  math: { display: /^block$/ }, mi: { mathvariant: /^normal$/ }, mo: { stretchy: /^(true|false)$/ },
  mover: { accent: /^true$/ }, mfrac: { linethickness: /^0$/ }, mspace: { width: /^\d(\.\d{1,3})?em$/ },
});

/** The attributes an element may keep, or null when the element itself may not stay. */
export function allowed(namespace: string | null, name: string): Attributes | null {
  if (namespace === HTML) return ELEMENTS.get(name) ?? null;
  return namespace === MATH ? FORMULAS.get(name) ?? null : null;
}

/** Is this the address of a picture that comes with the paper or from the page's own server? */
export function isOwnPicture(address: string, page: string): boolean {
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(address)) return true;
  try {
    const found = new URL(address, page);
    return /^https?:$/.test(found.protocol) && found.origin === new URL(page).origin;
  } catch {
    return false;
  }
}

/** The nodes of a rich text. Of an element that may not stay its content stays; of a picture its description. */
export function rich(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const parsed = new DOMParser().parseFromString(text, "text/html");
  copy(parsed.body, fragment);
  return fragment;
}

/** The words of a rich text on one line, for places that show nothing else. */
export function words(text: string): string {
  const fragment = rich(text);
  fragment.querySelectorAll("img").forEach((image) => image.replaceWith(image.alt));
  return (fragment.textContent ?? "").replace(/\s+/g, " ").trim();
}

function copy(from: Node, to: Node): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.appendChild(document.createTextNode(node.nodeValue ?? ""));
    else if (node instanceof Element) copyElement(node, to);
  }
}

function copyElement(source: Element, to: Node): void {
  const name = source.localName;
  const keeps = allowed(source.namespaceURI, name);
  if (keeps === null) return copy(source, to);
  const made = document.createElementNS(source.namespaceURI, name);
  for (const [attribute, fits] of Object.entries(keeps)) {
    const value = source.getAttribute(attribute);
    if (value !== null && fits.test(value)) made.setAttribute(attribute, value);
  }
  if (made instanceof HTMLImageElement && !pictured(made, source)) {
    to.appendChild(document.createTextNode(made.alt));
    return;
  }
  copy(source, made);
  to.appendChild(made);
}

function pictured(made: HTMLImageElement, source: Element): boolean {
  const address = source.getAttribute("src") ?? "";
  if (!isOwnPicture(address, document.baseURI)) return false;
  // Without a description a screen reader would read out the address.
  if (!made.hasAttribute("alt")) made.alt = "";
  made.src = address;
  return true;
}
