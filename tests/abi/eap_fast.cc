// EAP-FAST: session_ticket with a content of the application's, and a master secret from elsewhere.
#include <cstring>
#include <string>

#include "connections.h"

namespace {

using abi::Context;
using abi::line;
using abi::Pair;

std::string title;

struct Secret {
  int answer = 1;
  int size = 48;
  const char* cipher = nullptr;
  bool shows_ciphers = true;
};

int on_secret(SSL* ssl, void* secret, int* size, STACK_OF(SSL_CIPHER) * peers,
              const SSL_CIPHER** cipher, void* arg) {
  const auto& script = *static_cast<const Secret*>(arg);
  line(title + (SSL_is_server(ssl) ? " server" : " client") + " secret",
       std::string("room ") + std::to_string(*size) + " ciphers " +
           (peers == nullptr ? "none" : "some") + " session " +
           std::to_string(SSL_get_session(ssl) != nullptr));
  std::memset(secret, 's', 48);
  *size = script.size;
  for (int i = 0; script.cipher != nullptr && i < sk_SSL_CIPHER_num(SSL_get_ciphers(ssl)); ++i) {
    const SSL_CIPHER* own = sk_SSL_CIPHER_value(SSL_get_ciphers(ssl), i);
    if (std::strcmp(SSL_CIPHER_get_name(own), script.cipher) == 0) *cipher = own;
  }
  return script.answer;
}

struct Ticket {
  int answer = 1;
};

int on_ticket(SSL* ssl, const unsigned char* data, int size, void* arg) {
  const auto& script = *static_cast<const Ticket*>(arg);
  line(title + (SSL_is_server(ssl) ? " server" : " client") + " ticket extension",
       std::to_string(size) + " \"" +
           std::string(reinterpret_cast<const char*>(data),
                       static_cast<std::size_t>(size < 20 ? size : 0)) +
           "\"");
  return script.answer;
}

struct Plan {
  const char* name;
  const char* ticket = nullptr;  // the client's
  bool null_ticket = false;
  const Secret* client = nullptr;
  const Secret* server = nullptr;
  const Ticket* client_ticket = nullptr;
  const Ticket* server_ticket = nullptr;
  bool server_without_tickets = false;
  bool client_without_tickets = false;
  bool resume = false;
  int client_version = TLS1_2_VERSION;
};

void show(Pair& pair, bool resumes) {
  SSL* const sides[] = {pair.client.get(), pair.server.get()};
  unsigned char keys[2][16] = {};
  for (int i = 0; i < 2; ++i) {
    const std::string side = title + (i == 0 ? " client" : " server");
    line(side + " reused", SSL_session_reused(sides[i]));
    line(side + " cipher", SSL_get_cipher_name(sides[i]));
    const SSL_SESSION* session = SSL_get_session(sides[i]);
    line(side + " secret size", static_cast<long>(SSL_SESSION_get_master_key(session, nullptr, 0)));
    unsigned int id_size = 0;
    SSL_SESSION_get_id(session, &id_size);
    // Where a ticket was taken up OpenSSL's servers keep the id that came with it.
    if (!resumes) line(side + " id", id_size);
    line(side + " has ticket", SSL_SESSION_has_ticket(session));
    line(side + " certificate", SSL_get0_peer_certificate(sides[i]) != nullptr);
    line(side + " verified", SSL_get_verify_result(sides[i]));
    line(side + " exports",
         SSL_export_keying_material(sides[i], keys[i], 16, "x", 1, nullptr, 0, 0));
  }
  line(title + " same", std::memcmp(keys[0], keys[1], 16) == 0);
  char text[5] = {};
  line(title + " write", SSL_write(pair.client.get(), "data", 4));
  line(title + " read", SSL_read(pair.server.get(), text, 4));
}

void play(const Plan& plan) {
  title = plan.name;
  const Context client = abi::make_client(plan.client_version);
  const Context server = abi::make_server(plan.client_version);
  SSL_CTX_set_cipher_list(client.get(), "ECDHE+AESGCM:ECDHE+AES");
  if (plan.server_without_tickets) SSL_CTX_set_options(server.get(), SSL_OP_NO_TICKET);
  if (plan.client_without_tickets) SSL_CTX_set_options(client.get(), SSL_OP_NO_TICKET);
  abi::Session session;
  if (plan.resume) {
    Pair first(client.get(), server.get());
    first.handshake(title + " first");
    session.reset(SSL_get1_session(first.client.get()));
  }
  Pair pair(client.get(), server.get());
  SSL* c = pair.client.get();
  SSL* s = pair.server.get();
  if (session) SSL_set_session(c, session.get());
  if (plan.ticket != nullptr) {
    line(title + " set", SSL_set_session_ticket_ext(c, const_cast<char*>(plan.ticket),
                                                    static_cast<int>(std::strlen(plan.ticket))));
  }
  if (plan.null_ticket) line(title + " set none", SSL_set_session_ticket_ext(c, nullptr, 0));
  if (plan.client != nullptr) {
    line(title + " set", SSL_set_session_secret_cb(c, on_secret, const_cast<Secret*>(plan.client)));
  }
  if (plan.server != nullptr) {
    line(title + " set", SSL_set_session_secret_cb(s, on_secret, const_cast<Secret*>(plan.server)));
  }
  if (plan.client_ticket != nullptr) {
    line(title + " set",
         SSL_set_session_ticket_ext_cb(c, on_ticket, const_cast<Ticket*>(plan.client_ticket)));
  }
  if (plan.server_ticket != nullptr) {
    line(title + " set",
         SSL_set_session_ticket_ext_cb(s, on_ticket, const_cast<Ticket*>(plan.server_ticket)));
  }
  if (pair.handshake(title)) show(pair, plan.resume);
}

constexpr Secret kGood{};
constexpr Secret kNone{0};
constexpr Secret kEmpty{1, 0};
constexpr Secret kChooses{1, 48, "ECDHE-ECDSA-AES256-GCM-SHA384"};
constexpr Ticket kTakes{1};
constexpr Ticket kRefuses{0};

const Plan kPlans[] = {
    {.name = "nothing"},
    {.name = "ticket alone", .ticket = "opaque"},
    {.name = "no ticket", .null_ticket = true, .server_ticket = &kTakes},
    {.name = "callbacks", .client_ticket = &kTakes, .server_ticket = &kTakes},
    {.name = "client refuses", .client_ticket = &kRefuses},
    {.name = "server refuses", .server_ticket = &kRefuses},
    {.name = "seen", .ticket = "opaque", .server_ticket = &kTakes},
    {.name = "both, server without tickets",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kGood,
     .client_ticket = &kTakes,
     .server_ticket = &kTakes,
     .server_without_tickets = true},
    {.name = "both, with tickets", .ticket = "opaque", .client = &kGood, .server = &kGood},
    {.name = "server chooses",
     .ticket = "opaque",
     .client = &kChooses,
     .server = &kChooses,
     .server_without_tickets = true},
    {.name = "server alone chooses",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kChooses,
     .server_without_tickets = true},
    {.name = "server chooses, with tickets",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kChooses},
    {.name = "server chooses, client has none",
     .ticket = "opaque",
     .client = &kNone,
     .server = &kChooses,
     .server_without_tickets = true},
    {.name = "server chooses, client does not know",
     .ticket = "opaque",
     .server = &kChooses,
     .server_without_tickets = true},
    {.name = "server chooses, client without tickets",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kChooses,
     .client_without_tickets = true},
    {.name = "resumption and the server's choice", .server = &kChooses, .resume = true},
    {.name = "resumption and both choose", .client = &kGood, .server = &kChooses, .resume = true},
    {.name = "server has none",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kNone,
     .server_without_tickets = true},
    {.name = "server has an empty one",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kEmpty,
     .server_without_tickets = true},
    {.name = "client has none",
     .ticket = "opaque",
     .client = &kNone,
     .server = &kGood,
     .server_without_tickets = true},
    {.name = "client has an empty one",
     .ticket = "opaque",
     .client = &kEmpty,
     .server = &kGood,
     .server_without_tickets = true},
    {.name = "client alone", .ticket = "opaque", .client = &kGood},
    {.name = "client without a ticket", .client = &kGood},
    {.name = "server alone", .ticket = "opaque", .server = &kGood, .server_without_tickets = true},
    {.name = "client without tickets",
     .ticket = "opaque",
     .client = &kGood,
     .server = &kGood,
     .client_without_tickets = true},
    {.name = "resumption", .client_ticket = &kTakes, .server_ticket = &kTakes, .resume = true},
    {.name = "resumption with a ticket of its own",
     .ticket = "opaque",
     .server_ticket = &kTakes,
     .resume = true},
    {.name = "resumption with none", .null_ticket = true, .server_ticket = &kTakes, .resume = true},
    {.name = "resumption and the server's secret", .server = &kGood, .resume = true},
    {.name = "resumption and no secret of the server's", .server = &kNone, .resume = true},
    {.name = "1.3",
     .client = &kGood,
     .server = &kGood,
     .client_ticket = &kTakes,
     .server_ticket = &kTakes,
     .client_version = TLS1_3_VERSION},
};

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  for (const Plan& plan : kPlans) play(plan);
  line("null", SSL_set_session_secret_cb(nullptr, on_secret, nullptr));
  line("null", SSL_set_session_ticket_ext_cb(nullptr, on_ticket, nullptr));
  return 0;
}
