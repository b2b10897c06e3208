import {
  TrieRouter
} from "hono/_chunk/HTHLBJ4O";
import "hono/_chunk/TMQPR7VK";
import "hono/_chunk/X24R7NE2";
import "hono/_chunk/RM3FOUTQ";
export {
  TrieRouter
};
