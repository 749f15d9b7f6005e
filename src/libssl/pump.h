// Moves bytes between a connection and its BIOs. Nothing else in ciao reads from or writes to a
// BIO.
#pragma once

#include <openssl/ssl.h>

#include "base/result.h"

namespace ciao::tls {

// Every function here leaves in rwstate (SSL_want(3)) what the BIO is to be waited for.

// Hands everything that is sealed to the write BIO. True when nothing is left; otherwise the BIO
// would block or failed.
bool drain(SSL* ssl);

// The same, and then flushes the BIO: at the end of a flight. A BIO that cannot flush now is a BIO
// that blocks.
bool drain_and_flush(SSL* ssl);

// One read of what the engine needs. More than 0: bytes arrived. Otherwise what BIO_read gave, and
// the end of the input has been reported to the connection if that is what it was.
int fill(SSL* ssl);

// SSL_in_init(3): also while the last flight of a handshake has not wholly left.
bool in_init(const SSL* ssl);

// Whether there is a handshake to drive: in_init(), or a renegotiation that can begin now.
bool handshake_ahead(const SSL* ssl);

// What to do with application data that comes in the middle of a renegotiation: only SSL_read has a
// place for it.
enum class Data : bool { refused, wanted };

// Drives the handshake until it is complete (1) or cannot go on (-1; 0 when the method has none for
// this role). With Data::wanted also 1 when there is data to be read first.
int drive_handshake(SSL* ssl, Data data = Data::refused);

// A callback in the middle of a handshake or of a read calls for another one: refused, with an
// error raised, and what is under way goes on unharmed.
bool refuse_in_callback(SSL* ssl);

// After a record that was not application data: whether the call may go on. Without
// SSL_MODE_AUTO_RETRY it ends there, as if the BIO would block.
bool goes_on_after_control(SSL* ssl);

// Tells the error queue, and tries to hand over the fatal alert that may be waiting. Returns -1.
int report_failure(SSL* ssl, const Error& error);
// The same for what Connection::receive() failed with.
int report_receive_failure(SSL* ssl, const Error& error);

// After a std::bad_alloc somewhere inside a step: kills the connection, whose state cannot be
// trusted any more. The error queue hears of the memory from the caller.
void end_without_memory(SSL* ssl);

// A dead connection has nothing more to say, but its last alert may be half-way out. The error
// queue hears nothing of it; rwstate tells when the BIO would block.
void finish_last_alert(SSL* ssl);

}  // namespace ciao::tls
