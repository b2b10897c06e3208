import { stream } from "./stream.js";
import { SSEMessage, SSEStreamingApi, streamSSE } from "./sse.js";
import { streamText } from "./text.js";
export { type SSEMessage, SSEStreamingApi, stream, streamSSE, streamText };