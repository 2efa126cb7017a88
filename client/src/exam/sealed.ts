// The paper lies sealed on this computer before the start; the hall's small key opens it. The cipher is a script and not
// the browser's own, because browsers withhold theirs from pages of a room's machine without a certificate.

import { gcm } from "@noble/ciphers/aes.js";
import { hexToBytes } from "@noble/ciphers/utils.js";
import type { Item, Option, Order } from "./wire.ts";

/** The items in the order of this seat; an error when the key does not fit or the bytes were altered. */
export function unseal(sealed: Uint8Array, key: string, order: Order): Item[] {
  const text = gcm(hexToBytes(key), new Uint8Array(12)).decrypt(sealed);
  const face = JSON.parse(new TextDecoder().decode(text)) as { readonly items: readonly Item[] };
  const items = new Map(face.items.map((item) => [item.id, item]));
  return order.items.map((id) => laidOut(items.get(id) as Item, order));
}

function laidOut(item: Item, order: Order): Item {
  return {
    ...item,
    options: inOrder(item.options, order.options[item.id]),
    ...(item.targets === undefined ? {} : { targets: inOrder(item.targets, order.targets?.[item.id]) }),
    ...(item.parts === undefined ? {} : { parts: item.parts.map((part) => laidOut(part, order)) }),
  };
}

function inOrder(options: readonly Option[], keys: readonly string[] = options.map((option) => option.key)): Option[] {
  const named = new Map(options.map((option) => [option.key, option]));
  return keys.map((key) => named.get(key) as Option);
}
