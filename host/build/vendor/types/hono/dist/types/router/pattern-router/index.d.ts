import { PatternRouter } from "./router.js";
export { PatternRouter };