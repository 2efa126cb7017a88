import assert from "node:assert/strict";
import { test } from "node:test";
// @ts-expect-error the build's own module is plain JavaScript
import { sift } from "../tabler.mjs";

test("families the templates use stay and the rest goes", () => {
  assert.equal(sift(".row{a:b}.carousel{c:d}.navbar .nav{e:f}"), ".row{a:b}");
});

test("a list of selectors is thinned, not dropped whole", () => {
  assert.equal(sift(".table th,.modal th{a:b}"), ".table th{a:b}");
});

test("colour ranges and other themes go", () => {
  assert.equal(sift(".bg-azure{a:b}.badge.bg-red-lt{a:b}[data-bs-theme=dark] .card{a:b}.badge{c:d}"), ".badge{c:d}");
});

test("a brace inside quoted text does not end a block", () => {
  assert.equal(sift('.list{content:"}"}.carousel{c:d}.row{e:f}'), '.list{content:"}"}.row{e:f}');
});

test("an empty media block disappears and a full one stays", () => {
  assert.equal(sift("@media print{.carousel{a:b}}@media (min-width:1px){.row{a:b}}"), "@media (min-width:1px){.row{a:b}}");
});
