import {
  LinearRouter
} from "hono/_chunk/OHZONDJO";
import "hono/_chunk/X24R7NE2";
import "hono/_chunk/RM3FOUTQ";
export {
  LinearRouter
};
