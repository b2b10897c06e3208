export { default as en } from "./en.js";
