// max_fragment_length (RFC 6066 §4): what is taken, negotiated and kept, and what the records are
// like.
#include <string>

#include "connections.h"

namespace {

using abi::Context;
using abi::line;
using abi::Pair;

std::string title;

// The length of each record of application data and of the longest one before.
struct Records {
  std::string data;
  int longest = 0;
};

void on_message(int written, int, int type, const void* bytes, std::size_t size, SSL*, void* arg) {
  auto& records = *static_cast<Records*>(arg);
  const auto* header = static_cast<const unsigned char*>(bytes);
  if (!written || type != SSL3_RT_HEADER || size != 5) return;
  const int length = header[3] << 8 | header[4];
  if (header[0] == SSL3_RT_APPLICATION_DATA) records.data += " " + std::to_string(length);
  if (length > records.longest) records.longest = length;
}

void show(SSL* ssl, const char* name) {
  const SSL_SESSION* session = SSL_get_session(ssl);
  line(title + " " + name + " session",
       session != nullptr ? SSL_SESSION_get_max_fragment_length(session) : -1);
}

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

struct Scene {
  Context client, server;

  Scene(const std::string& what, int version)
      : client(abi::make_client(version)), server(abi::make_server(version)) {
    title = what + (version == TLS1_3_VERSION ? " 1.3" : " 1.2");
    SSL_CTX_set_msg_callback(client.get(), on_message);
    SSL_CTX_set_msg_callback(server.get(), on_message);
    // A list that does not fit into a short record.
    SSL_CTX_set_cipher_list(client.get(), "ECDHE-ECDSA-AES128-GCM-SHA256");
    SSL_CTX_set_num_tickets(server.get(), 1);
  }

  abi::Session play(SSL_SESSION* offered, int own_mode = -1) {
    Pair pair(client.get(), server.get());
    if (own_mode >= 0) {
      line(title + " set",
           SSL_set_tlsext_max_fragment_length(pair.client.get(), static_cast<uint8_t>(own_mode)));
    }
    if (offered != nullptr) SSL_set_session(pair.client.get(), offered);
    const bool done = pair.handshake(title);
    show(pair.client.get(), "client");
    show(pair.server.get(), "server");
    if (!done) return nullptr;
    pair.read_both();
    line(title + " resumed", SSL_session_reused(pair.client.get()));
    send(pair);
    return abi::Session(SSL_get1_session(pair.client.get()));
  }

  // 9000 bytes each way.
  void send(Pair& pair) {
    const std::string data(9000, 'd');
    std::string got(data.size(), ' ');
    SSL* const sides[] = {pair.client.get(), pair.server.get()};
    for (const int from : {0, 1}) {
      Records records;
      SSL_set_msg_callback_arg(sides[from], &records);
      line(title + " writes", SSL_write(sides[from], data.data(), 9000));
      line(title + " records", records.data);
      int reads = 0;
      std::size_t all = 0;
      for (int size = 1; size > 0 && all < data.size(); ++reads) {
        size = SSL_read(sides[1 - from], got.data() + all, 9000);
        if (size > 0) all += static_cast<std::size_t>(size);
      }
      line(title + " read", std::to_string(all) + " in " + std::to_string(reads));
    }
  }
};

Records unused;

void modes() {
  const Context ctx = abi::make_client(TLS1_3_VERSION);
  const abi::Connection ssl(SSL_new(ctx.get()));
  for (int mode = 0; mode < 256; ++mode) {
    line("context " + std::to_string(mode),
         SSL_CTX_set_tlsext_max_fragment_length(ctx.get(), static_cast<uint8_t>(mode)));
    if (mode > 10) continue;
    line("connection " + std::to_string(mode),
         SSL_set_tlsext_max_fragment_length(ssl.get(), static_cast<uint8_t>(mode)));
  }
}

void negotiated() {
  for (const int version : kVersions) {
    for (int mode = 0; mode <= 4; ++mode) {
      Scene scene("mode " + std::to_string(mode), version);
      Records server;
      SSL_CTX_set_msg_callback_arg(scene.client.get(), &unused);
      SSL_CTX_set_msg_callback_arg(scene.server.get(), &server);
      SSL_CTX_set_tlsext_max_fragment_length(scene.client.get(), static_cast<uint8_t>(mode));
      // The server's handshake is bound as well: it has more than 4096 bytes.
      const abi::Certificate above = abi::make_certificate(abi::key(), "above");
      for (int i = 0; i < 20; ++i) SSL_CTX_add1_chain_cert(scene.server.get(), above.get());
      const abi::Session session = scene.play(nullptr);
      line(title + " short records", server.longest <= (256 << mode) + 64);
      scene.play(session.get());
      title += " other";
      scene.play(session.get(), 3);
    }
  }
}

void beside_send_fragment() {
  for (const int version : kVersions) {
    for (const long size : {512L, 700L, 3000L, 16384L}) {
      Scene scene("beside " + std::to_string(size), version);
      SSL_CTX_set_msg_callback_arg(scene.client.get(), &unused);
      SSL_CTX_set_msg_callback_arg(scene.server.get(), &unused);
      SSL_CTX_set_tlsext_max_fragment_length(scene.client.get(), TLSEXT_max_fragment_length_1024);
      line("fragment", SSL_CTX_set_max_send_fragment(scene.client.get(), size));
      line("fragment", SSL_CTX_set_max_send_fragment(scene.server.get(), size));
      scene.play(nullptr);
      Scene split("split " + std::to_string(size), version);
      SSL_CTX_set_msg_callback_arg(split.client.get(), &unused);
      SSL_CTX_set_msg_callback_arg(split.server.get(), &unused);
      SSL_CTX_set_tlsext_max_fragment_length(split.client.get(), TLSEXT_max_fragment_length_2048);
      line("split", SSL_CTX_set_split_send_fragment(split.client.get(), size));
      split.play(nullptr);
      title += " without";
      SSL_CTX_set_tlsext_max_fragment_length(split.client.get(),
                                             TLSEXT_max_fragment_length_DISABLED);
      split.play(nullptr);
      Scene padded("padded " + std::to_string(size), version);
      SSL_CTX_set_msg_callback_arg(padded.client.get(), &unused);
      SSL_CTX_set_msg_callback_arg(padded.server.get(), &unused);
      SSL_CTX_set_tlsext_max_fragment_length(padded.client.get(), TLSEXT_max_fragment_length_512);
      line("padding", SSL_CTX_set_block_padding(padded.client.get(), 600));
      padded.play(nullptr);
    }
  }
}

// A connection that is used again forgets it.
void cleared() {
  Scene scene("cleared", TLS1_2_VERSION);
  SSL_CTX_set_msg_callback_arg(scene.client.get(), &unused);
  SSL_CTX_set_msg_callback_arg(scene.server.get(), &unused);
  SSL_CTX_set_tlsext_max_fragment_length(scene.client.get(), TLSEXT_max_fragment_length_512);
  SSL_CTX_set_options(scene.server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  Pair pair(scene.client.get(), scene.server.get());
  pair.handshake(title);
  SSL_set_tlsext_max_fragment_length(pair.client.get(), TLSEXT_max_fragment_length_DISABLED);
  line("renegotiate", SSL_renegotiate(pair.client.get()));
  for (int i = 0; i < 4; ++i) {
    SSL_do_handshake(pair.client.get());
    pair.read_both();
  }
  title += " after";
  show(pair.client.get(), "client");
  show(pair.server.get(), "server");
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  modes();
  negotiated();
  beside_send_fragment();
  cleared();
  return 0;
}
