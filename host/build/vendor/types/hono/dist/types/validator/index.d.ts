import { InferInput } from "./utils.js";
import { ValidationFunction, validator } from "./validator.js";
export { type InferInput, type ValidationFunction, validator };