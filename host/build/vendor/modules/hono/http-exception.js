import {
  HTTPException
} from "hono/_chunk/HBJIWEKV";
export {
  HTTPException
};
