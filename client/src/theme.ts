// Runs before the first paint, so that a chosen theme or text size never flashes in late.
import { applyLook, readLook } from "./office/look.ts";

applyLook(document.documentElement, readLook(window.localStorage), window.matchMedia("(prefers-color-scheme: dark)").matches);
