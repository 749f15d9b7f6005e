// Two engines that are about to exchange early data.
#pragma once

#include <algorithm>

#include "engine/pair.h"

namespace ciao::tls::testing {

inline constexpr std::uint32_t kLimit = 1000;

// A client with a ticket for early data, and the server that gave it.
struct Resuming {
  Pair pair;
  Ref<Session> session;

  explicit Resuming(std::string alpn = "", std::uint32_t limit = kLimit) {
    if (!alpn.empty()) {
      pair.client_config->alpn = Bytes(1, static_cast<std::uint8_t>(alpn.size()));
      pair.client_config->alpn.insert(pair.client_config->alpn.end(), alpn.begin(), alpn.end());
      pair.server_hooks.alpn_choice = alpn;
    }
    pair.server_config->max_early_data = limit;
    EXPECT_TRUE(pair.handshake());
    session = pair.client->session();
    EXPECT_EQ(session->max_early_data, limit);
    reset();
  }

  // Both are made anew from the configurations; the application asks for early data on both sides.
  void reset() {
    pair.restart();
    pair.client_hooks.keys.clear();
    pair.server_hooks.keys.clear();
    pair.client_hooks.messages.clear();
    pair.client->set_session(session);
    pair.client->use_early_data();
    pair.server->use_early_data();
  }

  // What the server keeps of the ticket.
  Session& kept() { return *pair.server_hooks.tickets->at(session->ticket); }

  void begin() {
    const Result<Wait> wait = pair.client->advance();
    ASSERT_TRUE(wait);
    EXPECT_EQ(*wait, Wait::early_data);
    EXPECT_TRUE(pair.client->in_early_data());
    EXPECT_FALSE(pair.client->in_init());
  }
  void write(ByteView data) {
    ASSERT_TRUE(pair.client->announce_early_data(data.size()));
    while (!data.empty()) {
      const Result<std::size_t> written = pair.client->write_early_data(data);
      ASSERT_TRUE(written);
      data = data.subspan(*written);
    }
  }
  void run() {
    while (pair.step()) {
    }
  }
  bool finish() {
    pair.client->end_early_data();
    pair.client->resume_handshake();
    pair.server->resume_handshake();
    return pair.handshake();
  }

  void expect_talk() {
    pair.write_all(*pair.client, as_bytes("late"));
    EXPECT_EQ(pair.read_all(*pair.server), to_bytes(as_bytes("late")));
    pair.write_all(*pair.server, as_bytes("answer"));
    EXPECT_EQ(pair.read_all(*pair.client), to_bytes(as_bytes("answer")));
  }

  // The client sends; the handshake succeeds without the server having read any of it.
  void expect_rejected() {
    begin();
    write(as_bytes("early"));
    run();
    EXPECT_TRUE(pair.server->readable().empty());
    EXPECT_EQ(pair.client->early_data_status(), EarlyDataStatus::rejected);
    EXPECT_EQ(pair.server->early_data_status(), EarlyDataStatus::rejected);
    ASSERT_TRUE(finish());
    EXPECT_EQ(pair.client->early_data_status(), EarlyDataStatus::rejected);
    EXPECT_EQ(pair.server->early_data_status(), EarlyDataStatus::rejected);
    Bytes material(16);
    EXPECT_FALSE(pair.server->export_early_keying_material("label", {}, material));
    expect_talk();
  }
};

inline std::size_t count_sent(const TestHooks& hooks, HandshakeType type) {
  return static_cast<std::size_t>(
      std::count(hooks.messages.begin(), hooks.messages.end(), std::pair(Flow::sent, type)));
}

}  // namespace ciao::tls::testing
