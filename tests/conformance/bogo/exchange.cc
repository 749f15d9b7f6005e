#include "exchange.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dripping_bio.h"
#include "expectations.h"

namespace shim {
namespace {

constexpr std::string_view kHello = "hello";

bool fail(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  return false;
}

// After a call returned `result`: makes it worth calling again, or answers no.
bool prepare_retry(Connection& connection, int result) {
  if (!connection.dripping || result > 0) return false;
  switch (SSL_get_error(connection.ssl.get(), result)) {
    case SSL_ERROR_WANT_READ: allow_read(connection.dripping, 1); return true;
    case SSL_ERROR_WANT_WRITE: allow_write(connection.dripping, 1); return true;
    case SSL_ERROR_WANT_X509_LOOKUP: return !std::exchange(connection.certificate_ready, true);
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
      return !std::exchange(connection.early_callback_ready, true);
    case SSL_ERROR_WANT_RETRY_VERIFY: return !std::exchange(connection.verification_ready, true);
    default: return false;
  }
}

template <typename Call>
int repeat(Connection& connection, Call call) {
  int result = 0;
  do {
    // libssl asks for an empty queue before each call; SSL_get_error reads it.
    ERR_clear_error();
    result = call(connection.ssl.get());
  } while (prepare_retry(connection, result));
  return result;
}

bool write_all(Connection& connection, std::string_view data) {
  do {
    std::size_t written = 0;
    if (repeat(connection, [&](SSL* ssl) {
          return SSL_write_ex(ssl, data.data(), data.size(), &written);
        }) <= 0) {
      return false;
    }
    data.remove_prefix(written);
  } while (!data.empty());
  return true;
}

int read_some(Connection& connection, std::vector<char>& buffer) {
  std::vector<char> peeked(buffer.size());
  int peeked_length = 0;
  if (connection.settings.peek_then_read) {
    peeked_length = repeat(connection, [&](SSL* ssl) {
      return SSL_peek(ssl, peeked.data(), static_cast<int>(peeked.size()));
    });
    if (peeked_length <= 0) return peeked_length;
  }
  const int length = repeat(connection, [&](SSL* ssl) {
    return SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
  });
  if (connection.settings.peek_then_read &&
      (length != peeked_length ||
       !std::equal(buffer.data(), buffer.data() + length, peeked.data()))) {
    fail("SSL_peek and SSL_read see different data");
    return -1;
  }
  return length;
}

void invert(char* data, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) data[i] = static_cast<char>(data[i] ^ 0xff);
}

// A server that takes early data answers it before the handshake is complete.
bool answer_early_data(Connection& connection) {
  std::vector<char> buffer(16384);
  for (;;) {
    std::size_t length = 0;
    int status = SSL_READ_EARLY_DATA_ERROR;
    repeat(connection, [&](SSL* ssl) {
      status = SSL_read_early_data(ssl, buffer.data(), buffer.size(), &length);
      return status == SSL_READ_EARLY_DATA_ERROR ? 0 : 1;
    });
    if (status == SSL_READ_EARLY_DATA_ERROR) return false;
    if (status == SSL_READ_EARLY_DATA_FINISH) return true;
    invert(buffer.data(), length);
    std::string_view answer(buffer.data(), length);
    while (!answer.empty()) {
      std::size_t written = 0;
      if (repeat(connection, [&](SSL* ssl) {
            return SSL_write_early_data(ssl, answer.data(), answer.size(), &written);
          }) <= 0) {
        return false;
      }
      answer.remove_prefix(written);
    }
  }
}

bool offers_early_data(const Connection& connection) {
  return !connection.settings.server && connection.settings.enable_early_data &&
         connection.offered && SSL_SESSION_get_max_early_data(connection.offered.get()) > 0;
}

// As much of the greeting as the ticket allows; how much that was.
bool send_early_data(Connection& connection, std::size_t& sent) {
  const std::size_t length = std::min<std::size_t>(
      kHello.size(), SSL_SESSION_get_max_early_data(connection.offered.get()));
  return repeat(connection, [&](SSL* ssl) {
           return SSL_write_early_data(ssl, kHello.data(), length, &sent);
         }) > 0;
}

bool handshake(Connection& connection) {
  const auto step = [&] { return repeat(connection, SSL_do_handshake) > 0; };
  if (!step()) return false;
  if (connection.settings.handshake_twice && !step()) return false;
  return true;
}

bool write_exports(Connection& connection) {
  const Settings& settings = connection.settings;
  SSL* ssl = connection.ssl.get();
  if (settings.export_keying_material > 0) {
    std::string material(static_cast<std::size_t>(settings.export_keying_material), '\0');
    if (!SSL_export_keying_material(
            ssl, reinterpret_cast<unsigned char*>(material.data()), material.size(),
            settings.export_label.data(), settings.export_label.size(),
            reinterpret_cast<const unsigned char*>(settings.export_context.data()),
            settings.export_context.size(), settings.use_export_context) ||
        !write_all(connection, material)) {
      return false;
    }
  }
  if (settings.export_traffic_secrets) {
    const std::size_t length = connection.client_secret.size();
    if (length == 0 || length != connection.server_secret.size()) return fail("no traffic secrets");
    std::string secrets = {static_cast<char>(length & 0xff), static_cast<char>(length >> 8)};
    secrets += settings.server ? connection.client_secret : connection.server_secret;
    secrets += settings.server ? connection.server_secret : connection.client_secret;
    if (!write_all(connection, secrets)) return false;
  }
  if (settings.tls_unique) {
    // RFC 5929 §3.1: the first Finished, which is the client's unless a session was resumed.
    std::string unique(64, '\0');
    const bool own = settings.server == (SSL_session_reused(ssl) == 1);
    const std::size_t length = own ? SSL_get_finished(ssl, unique.data(), unique.size())
                                   : SSL_get_peer_finished(ssl, unique.data(), unique.size());
    unique.resize(std::min(length, unique.size()));
    if (!write_all(connection, unique)) return false;
  }
  return true;
}

bool write_record_sizes(Connection& connection) {
  // Around one record, two records, and a length's lower byte.
  static constexpr std::array<std::size_t, 10> kSizes = {1,     255,   256,   257,   16383,
                                                         16384, 16385, 32767, 32768, 32769};
  const std::string data(kSizes.back(), '\x42');
  for (const std::size_t size : kSizes) {
    if (!write_all(connection, std::string_view(data).substr(0, size))) return false;
  }
  return true;
}

bool use_exporter(Connection& connection) {
  std::array<unsigned char, 16> material;
  return SSL_export_keying_material(connection.ssl.get(), material.data(), material.size(), "label",
                                    5, nullptr, 0, 0) > 0;
}

// An end of data that the runner takes for one: close_notify, or the connection cut.
bool ended(const Connection& connection, int result) {
  switch (SSL_get_error(connection.ssl.get(), result)) {
    case SSL_ERROR_ZERO_RETURN: return true;
    case SSL_ERROR_SYSCALL: return ERR_peek_error() == 0;
    case SSL_ERROR_SSL:
      return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    default: return false;
  }
}

void limit_renegotiations(Connection& connection) {
  SSL* ssl = connection.ssl.get();
  const bool once = connection.settings.renegotiate_once && SSL_total_renegotiations(ssl) >= 1;
  if (once || connection.settings.forbid_renegotiation_after_handshake) {
    SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
  }
}

bool echo(Connection& connection, bool write_pending) {
  const Settings& settings = connection.settings;
  SSL* ssl = connection.ssl.get();
  // Small, so that a record takes several reads.
  std::vector<char> buffer(settings.read_size > 0 ? static_cast<std::size_t>(settings.read_size)
                                                  : 512);
  bool updated = false;
  bool unchecked = settings.implicit_handshake;
  for (;;) {
    limit_renegotiations(connection);
    const int length = read_some(connection, buffer);
    if (length <= 0) {
      if (!ended(connection, length)) return false;
      if (settings.check_close_notify && SSL_get_error(ssl, length) != SSL_ERROR_ZERO_RETURN) {
        return fail("the peer did not send close_notify");
      }
      ERR_clear_error();
      return true;
    }
    if (!connection.handshake_done) return fail("data before the end of the handshake");
    if (std::exchange(unchecked, false) && !check_handshake(connection)) return false;
    if (settings.use_exporter_between_reads && !use_exporter(connection)) return false;
    if (write_pending) {
      if (!write_all(connection, kHello)) return false;
      write_pending = false;
    }
    if (settings.key_update && !updated) {
      if (!SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED)) return false;
      updated = true;
    }
    invert(buffer.data(), static_cast<std::size_t>(length));
    if (!write_all(connection, {buffer.data(), static_cast<std::size_t>(length)})) return false;
  }
}

bool close(Connection& connection) {
  const Settings& settings = connection.settings;
  const auto step = [&] { return repeat(connection, SSL_shutdown); };
  int result = step();
  if (!settings.check_close_notify) return true;
  if (settings.shim_shuts_down) {
    // The peer's half is still open.
    if (result != 0) return fail("SSL_shutdown ended too early");
    result = step();
  }
  if (result != 1) {
    // In the runner's words.
    std::fprintf(stderr, "Unexpected SSL_shutdown result: %d != 1\n", result);
    return false;
  }
  return true;
}

bool send_first(Connection& connection, std::size_t early_sent, bool& write_pending) {
  const Settings& settings = connection.settings;
  if (early_sent > 0) {
    // What was rejected is given up.
    return early_sent == kHello.size() ||
           SSL_get_early_data_status(connection.ssl.get()) == SSL_EARLY_DATA_REJECTED ||
           write_all(connection, kHello.substr(early_sent));
  }
  if (settings.write_different_record_sizes) return write_record_sizes(connection);
  if (settings.read_with_unfinished_write) {
    if (!connection.dripping) return fail("-read-with-unfinished-write without -async");
    const int result = SSL_write(connection.ssl.get(), kHello.data(), kHello.size());
    if (SSL_get_error(connection.ssl.get(), result) != SSL_ERROR_WANT_WRITE) {
      return fail("the write was not interrupted");
    }
    write_pending = true;
    return true;
  }
  return !settings.shim_writes_first || write_all(connection, kHello);
}

// TLS 1.3 sends tickets later than what is checked as the handshake's; the callback has them.
Session session_to_offer(Connection& connection) {
  if (SSL_version(connection.ssl.get()) == TLS1_3_VERSION) return std::move(connection.new_session);
  return Session(SSL_get1_session(connection.ssl.get()));
}

}  // namespace

bool exchange(Connection& connection, Session& session) {
  const Settings& settings = connection.settings;
  std::size_t early_sent = 0;
  if (offers_early_data(connection) && settings.shim_writes_first &&
      !send_early_data(connection, early_sent)) {
    return false;
  }
  if (settings.server && settings.enable_early_data && !answer_early_data(connection)) return false;
  if (!settings.implicit_handshake) {
    if (!handshake(connection)) return false;
    if (!check_handshake(connection)) return false;
    if (settings.no_op_extra_handshake && !handshake(connection)) return false;
  }
  if (!write_exports(connection)) return false;
  bool write_pending = false;
  if (!send_first(connection, early_sent, write_pending)) return false;
  if (!settings.shim_shuts_down && !settings.write_different_record_sizes &&
      !echo(connection, write_pending)) {
    return false;
  }
  if (!check_afterwards(connection)) return false;
  if (!settings.server) session = session_to_offer(connection);
  return close(connection);
}

}  // namespace shim
