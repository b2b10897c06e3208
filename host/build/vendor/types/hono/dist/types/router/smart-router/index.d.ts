import { SmartRouter } from "./router.js";
export { SmartRouter };