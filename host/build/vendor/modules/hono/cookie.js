import {
  deleteCookie,
  generateCookie,
  generateSignedCookie,
  getCookie,
  getSignedCookie,
  setCookie,
  setSignedCookie
} from "hono/_chunk/WWWNIGCG";
import "hono/_chunk/XJCNZOAA";
import "hono/_chunk/RM3FOUTQ";
export {
  deleteCookie,
  generateCookie,
  generateSignedCookie,
  getCookie,
  getSignedCookie,
  setCookie,
  setSignedCookie
};
