// What the modules of a request build on. It is evaluated before them, so that what every request touches
// (`internal:dispatch` and what else it imports) lies together in memory: see `heap.rs`.
import "internal:abort";
import "internal:blob";
import "internal:bus";
import "internal:console";
import "internal:crypto";
import "internal:encoding";
import "internal:events";
import "internal:failure";
import "internal:form-data";
import "internal:kv";
import "internal:lockdown";
import "internal:search-params";
import "internal:sql";
import "internal:stream";
import "internal:structured-clone";
import "internal:timers";
import "internal:webidl";
