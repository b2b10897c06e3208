import {
  PatternRouter
} from "hono/_chunk/JXWYKM6T";
import "hono/_chunk/X24R7NE2";
export {
  PatternRouter
};
