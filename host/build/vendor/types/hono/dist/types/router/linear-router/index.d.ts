import { LinearRouter } from "./router.js";
export { LinearRouter };