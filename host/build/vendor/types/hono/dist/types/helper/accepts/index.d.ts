import { accepts } from "./accepts.js";
export { accepts };