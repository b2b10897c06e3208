import {
  SmartRouter
} from "hono/_chunk/KO5JDNQZ";
import "hono/_chunk/X24R7NE2";
export {
  SmartRouter
};
