import {
  Jwt
} from "hono/_chunk/U645KXZ3";
import "hono/_chunk/BD5PR56I";
import "hono/_chunk/EIBSD5BI";
export {
  Jwt
};
