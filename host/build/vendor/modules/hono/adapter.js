import {
  checkUserAgentEquals,
  env,
  getRuntimeKey,
  knownUserAgents
} from "hono/_chunk/BD5PR56I";
export {
  checkUserAgentEquals,
  env,
  getRuntimeKey,
  knownUserAgents
};
