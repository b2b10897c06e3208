//! The server on a real socket, with a real host behind it. (`cfg(test)` tells clippy that these are tests.)

#[cfg(test)]
mod deploy;
#[cfg(test)]
mod drain;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod raw_sockets;
#[cfg(test)]
mod security;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod support;
