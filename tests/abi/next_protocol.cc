// Next protocol negotiation: when the callbacks are asked, what they are told, what comes of their
// answers, and what either side says about it.
#include <cstring>
#include <string>

#include "connections.h"

namespace {

using abi::Context;
using abi::line;
using abi::Pair;

struct Answers {
  std::string advertised;
  int advertise_result = SSL_TLSEXT_ERR_OK;
  std::string selected;
  int select_result = SSL_TLSEXT_ERR_OK;
};

int on_advertise(SSL* ssl, const unsigned char** out, unsigned int* size, void* arg) {
  const Answers& answers = *static_cast<Answers*>(arg);
  line("  advertises", SSL_is_server(ssl));
  *out = reinterpret_cast<const unsigned char*>(answers.advertised.data());
  *size = static_cast<unsigned int>(answers.advertised.size());
  return answers.advertise_result;
}

int on_select(SSL* ssl, unsigned char** out, unsigned char* size, const unsigned char* in,
              unsigned int in_size, void* arg) {
  Answers& answers = *static_cast<Answers*>(arg);
  line("  selects from", std::string(reinterpret_cast<const char*>(in), in_size));
  line("  at a server", SSL_is_server(ssl));
  *out = reinterpret_cast<unsigned char*>(answers.selected.data());
  *size = static_cast<unsigned char>(answers.selected.size());
  return answers.select_result;
}

int on_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
            unsigned int, void*) {
  *out = in + 1;
  *size = in[0];
  return SSL_TLSEXT_ERR_OK;
}

void on_info(const SSL* ssl, int where, int result) {
  if ((where & SSL_CB_ALERT) != 0) {
    line(SSL_is_server(ssl) ? "  server alert" : "  client alert", result);
  }
}

void on_message(int written, int, int type, const void* data, std::size_t size, SSL*, void*) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  if (!written || type != SSL3_RT_HANDSHAKE || bytes[0] != SSL3_MT_NEXT_PROTO) return;
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += " " + std::to_string(bytes[i]);
  line("  NextProtocol", text);
}

void show(const std::string& title, SSL* ssl) {
  const unsigned char* data = reinterpret_cast<const unsigned char*>("?");
  unsigned int size = 99;
  SSL_get0_next_proto_negotiated(ssl, &data, &size);
  line(title, data == nullptr ? "none" : std::string(reinterpret_cast<const char*>(data), size));
  line(title + " size", size);
}

struct Scene {
  Scene(int version, Answers& given)
      : answers(given), client(abi::make_client(version)), server(abi::make_server(version)) {
    SSL_CTX_set_next_protos_advertised_cb(server.get(), on_advertise, &answers);
    SSL_CTX_set_next_proto_select_cb(client.get(), on_select, &answers);
    SSL_CTX_set_msg_callback(client.get(), on_message);
    for (SSL_CTX* ctx : {client.get(), server.get()}) SSL_CTX_set_info_callback(ctx, on_info);
  }

  SSL_SESSION* play(const std::string& title, SSL_SESSION* session = nullptr) {
    Pair pair(client.get(), server.get());
    if (session != nullptr) SSL_set_session(pair.client.get(), session);
    show(title + " before", pair.client.get());
    pair.handshake(title);
    line(title + " resumed", SSL_session_reused(pair.client.get()));
    show(title + " client", pair.client.get());
    show(title + " server", pair.server.get());
    return SSL_get1_session(pair.client.get());
  }

  Answers& answers;
  Context client, server;
};

void answers() {
  const std::string longest(255, 'p');
  const Answers kAnswers[] = {
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, "other", SSL_TLSEXT_ERR_OK},
      {"", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, longest, SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, std::string(30, 'q'), SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_NOACK, "x", SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_ALERT_FATAL, "x", SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, "", SSL_TLSEXT_ERR_OK},
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_NOACK},
      {"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_ALERT_FATAL},
      {std::string("\0", 1), SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK},
      {"\3h2", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK},
      {std::string("\1x\0", 3), SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK},
  };
  int number = 0;
  for (Answers each : kAnswers) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      Scene scene(version, each);
      const std::string title = std::to_string(number) + "/" + std::to_string(version);
      SSL_SESSION_free(scene.play(title));
    }
    ++number;
  }
}

void resumed() {
  Answers answers{"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK};
  for (const bool ticket : {true, false}) {
    Scene scene(TLS1_2_VERSION, answers);
    if (!ticket) SSL_CTX_set_options(scene.server.get(), SSL_OP_NO_TICKET);
    answers.selected = "x";
    SSL_SESSION* session = scene.play("first");
    answers.selected = "h2";
    SSL_SESSION_free(scene.play("second", session));
    SSL_SESSION_free(session);
  }
}

void beside_alpn() {
  for (const bool chosen : {true, false}) {
    Answers answers{"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK};
    Scene scene(TLS1_2_VERSION, answers);
    SSL_CTX_set_alpn_protos(scene.client.get(), reinterpret_cast<const unsigned char*>("\1y"), 2);
    if (chosen) SSL_CTX_set_alpn_select_cb(scene.server.get(), on_alpn, nullptr);
    SSL_SESSION_free(scene.play(chosen ? "with ALPN" : "ALPN not chosen"));
  }
}

void one_sided() {
  for (const bool client : {true, false}) {
    Answers answers{"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK};
    Scene scene(TLS1_2_VERSION, answers);
    if (client) {
      SSL_CTX_set_next_protos_advertised_cb(scene.server.get(), nullptr, nullptr);
    } else {
      SSL_CTX_set_next_proto_select_cb(scene.client.get(), nullptr, nullptr);
    }
    SSL_SESSION_free(scene.play(client ? "only the client" : "only the server"));
  }
}

void renegotiated() {
  Answers answers{"\2h2\1x", SSL_TLSEXT_ERR_OK, "x", SSL_TLSEXT_ERR_OK};
  Scene scene(TLS1_2_VERSION, answers);
  SSL_CTX_set_options(scene.server.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  Pair pair(scene.client.get(), scene.server.get());
  pair.handshake("first");
  answers.selected = "h2";
  line("renegotiate", SSL_renegotiate(pair.client.get()));
  for (int i = 0; i < 4; ++i) {
    SSL_do_handshake(pair.client.get());
    pair.read_both();
  }
  line("renegotiations", SSL_num_renegotiations(pair.client.get()));
  line("pending", SSL_renegotiate_pending(pair.client.get()));
  show("client", pair.client.get());
  show("server", pair.server.get());
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  answers();
  resumed();
  beside_alpn();
  one_sided();
  renegotiated();
  return 0;
}
