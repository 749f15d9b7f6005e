// Settings that are numbers, and what is read back.
#include <algorithm>

#include "operation.h"

namespace ciao::differential {
namespace {

constexpr long kNumbers[] = {0,   1,   2,   3,    16,     31,      32,      255,       256,
                             511, 512, 513, 1024, 1025,   16383,   16384,   16385,     17000,
                             -1,  -2,  4,   64,   100000, 1 << 20, 1 << 24, 2147483647};

using Setter = void (*)(World&, SSL_CTX*, SSL*, long);

// In each case `ssl` may be missing: then the context is asked.
#define NUMBER(name)                                                        \
  [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {                   \
    if (ssl != nullptr) {                                                   \
      CALL2(world, SSL_set_##name, ssl, static_cast<unsigned>(number));     \
    } else {                                                                \
      CALL2(world, SSL_CTX_set_##name, ctx, static_cast<unsigned>(number)); \
    }                                                                       \
  }
#define LONG_NUMBER(name)                                 \
  [](World& world, SSL_CTX* ctx, SSL* ssl, long number) { \
    if (ssl != nullptr) {                                 \
      CALL2(world, SSL_set_##name, ssl, number);          \
    } else {                                              \
      CALL2(world, SSL_CTX_set_##name, ctx, number);      \
    }                                                     \
  }
#define READABLE(name)                                                      \
  [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {                   \
    if (ssl != nullptr) {                                                   \
      CALL2(world, SSL_set_##name, ssl, static_cast<unsigned>(number));     \
      CALL1(world, SSL_get_##name, ssl);                                    \
    } else {                                                                \
      CALL2(world, SSL_CTX_set_##name, ctx, static_cast<unsigned>(number)); \
      CALL1(world, SSL_CTX_get_##name, ctx);                                \
    }                                                                       \
  }
#define READABLE_INT(name)                                \
  [](World& world, SSL_CTX* ctx, SSL* ssl, long number) { \
    const int small = static_cast<int>(number);           \
    if (ssl != nullptr) {                                 \
      CALL2(world, SSL_set_##name, ssl, small);           \
      CALL1(world, SSL_get_##name, ssl);                  \
    } else {                                              \
      CALL2(world, SSL_CTX_set_##name, ctx, small);       \
      CALL1(world, SSL_CTX_get_##name, ctx);              \
    }                                                     \
  }

// Others do not exist.
long status_type(long number) { return (number & 1) != 0 ? TLSEXT_STATUSTYPE_ocsp : -1; }

constexpr Setter kSetters[] = {
    LONG_NUMBER(max_send_fragment),
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      // Messages of the handshake are longer: whether they are split is the library's own choice.
      const long size = number > 0 && number < 16 ? 16 : number;
      if (ssl != nullptr) {
        CALL2(world, SSL_set_split_send_fragment, ssl, size);
      } else {
        CALL2(world, SSL_CTX_set_split_send_fragment, ctx, size);
      }
    },
    LONG_NUMBER(max_pipelines),
    LONG_NUMBER(max_cert_list),
    READABLE(max_early_data),
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      // How much of what is refused is skipped is not counted to the byte.
      const auto bytes = static_cast<uint32_t>(number < 0 ? number : std::max(number, 16384L));
      if (ssl != nullptr) {
        CALL(world, SSL_set_recv_max_early_data, ssl, bytes);
        CALL(world, SSL_get_recv_max_early_data, ssl);
      } else {
        CALL(world, SSL_CTX_set_recv_max_early_data, ctx, bytes);
        CALL(world, SSL_CTX_get_recv_max_early_data, ctx);
      }
    },
    READABLE_INT(verify_depth),
    READABLE_INT(quiet_shutdown),
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      // Without those of Suite B, which cipher strings set.
      const long flags = number & 0xffff;
      if (ssl == nullptr) {
        CALL2(world, SSL_CTX_set_cert_flags, ctx, flags);
      } else {
        CALL2(world, SSL_set_cert_flags, ssl, flags);
      }
    },
    NUMBER(block_padding),
    NUMBER(default_read_buffer_len),
    NUMBER(tlsext_max_fragment_length),
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      const auto tickets = static_cast<size_t>(number & 15);
      if (ssl != nullptr) {
        // Later it has an effect on SSL_new_session_ticket in 3.0 (docs/DIFFERENCES.md).
        if (!SSL_in_before(ssl)) return;
        CALL(world, SSL_set_num_tickets, ssl, tickets);
        CALL(world, SSL_get_num_tickets, ssl);
      } else {
        CALL(world, SSL_CTX_set_num_tickets, ctx, tickets);
        CALL(world, SSL_CTX_get_num_tickets, ctx);
      }
    },
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      const int yes = static_cast<int>(number & 1);
      if (ssl != nullptr) {
        CALL(world, SSL_set_read_ahead, ssl, yes);
        CALL(world, SSL_get_read_ahead, ssl);
      } else {
        CALL2(world, SSL_CTX_set_read_ahead, ctx, yes);
        CALL1(world, SSL_CTX_get_read_ahead, ctx);
      }
    },
    [](World& world, SSL_CTX* ctx, SSL*, long number) {
      // Sessions that end while a sequence is played are no use, nor are negative times.
      CALL(world, SSL_CTX_set_timeout, ctx, std::max(number, 100L));
      CALL(world, SSL_CTX_get_timeout, ctx);
    },
    [](World& world, SSL_CTX* ctx, SSL*, long number) {
      CALL2(world, SSL_CTX_sess_set_cache_size, ctx, number);
      CALL1(world, SSL_CTX_sess_get_cache_size, ctx);
    },
    [](World& world, SSL_CTX* ctx, SSL*, long number) {
      CALL2(world, SSL_CTX_set_session_cache_mode, ctx, number & 0x3ff);
      CALL1(world, SSL_CTX_get_session_cache_mode, ctx);
    },
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      const int yes = static_cast<int>(number & 1);
      if (ssl != nullptr) {
        CALL(world, SSL_set_post_handshake_auth, ssl, yes);
      } else {
        CALL(world, SSL_CTX_set_post_handshake_auth, ctx, yes);
      }
    },
    [](World& world, SSL_CTX*, SSL* ssl, long number) {
      // It is for clients: a server's is what it is asked for.
      if (ssl == nullptr || SSL_is_server(ssl) == 1) return;
      CALL2(world, SSL_set_tlsext_status_type, ssl, status_type(number));
      CALL1(world, SSL_get_tlsext_status_type, ssl);
    },
    [](World& world, SSL_CTX* ctx, SSL*, long number) {
      CALL2(world, SSL_CTX_set_tlsext_status_type, ctx, status_type(number));
      CALL1(world, SSL_CTX_get_tlsext_status_type, ctx);
    },
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      const std::string text(static_cast<size_t>(number & 63), 'c');
      const auto bytes = named(reinterpret_cast<const unsigned char*>(text.data()), "\"c...\"");
      const auto size = static_cast<unsigned>(text.size());
      if (ssl != nullptr) {
        CALL(world, SSL_set_session_id_context, ssl, bytes, size);
      } else {
        CALL(world, SSL_CTX_set_session_id_context, ctx, bytes, size);
      }
    },
    [](World& world, SSL_CTX*, SSL* ssl, long number) {
      if (ssl == nullptr) return;
      CALL(world, SSL_set_verify_result, ssl, number & 127);
      CALL(world, SSL_get_verify_result, ssl);
    },
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      const int value = static_cast<int>(number & 15);
      if (ssl != nullptr) {
        CALL(world, SSL_set_purpose, ssl, value);
        CALL(world, SSL_set_trust, ssl, value);
      } else {
        CALL(world, SSL_CTX_set_purpose, ctx, value);
        CALL(world, SSL_CTX_set_trust, ctx, value);
      }
    },
    [](World& world, SSL_CTX* ctx, SSL* ssl, long number) {
      const int command = static_cast<int>(number & 255);
      // Commands that take no pointer, and those that do not exist.
      static constexpr int kCommands[] = {SSL_CTRL_GET_NUM_RENEGOTIATIONS,
                                          SSL_CTRL_CLEAR_NUM_RENEGOTIATIONS,
                                          SSL_CTRL_GET_TOTAL_RENEGOTIATIONS,
                                          SSL_CTRL_GET_RI_SUPPORT,
                                          SSL_CTRL_GET_EXTMS_SUPPORT,
                                          SSL_CTRL_GET_NEGOTIATED_GROUP,
                                          SSL_CTRL_GET_SHARED_GROUP,
                                          SSL_CTRL_GET_MIN_PROTO_VERSION,
                                          SSL_CTRL_GET_MAX_PROTO_VERSION,
                                          SSL_CTRL_GET_MAX_CERT_LIST,
                                          SSL_CTRL_GET_READ_AHEAD,
                                          SSL_CTRL_MODE,
                                          SSL_CTRL_CERT_FLAGS,
                                          SSL_CTRL_CLEAR_CERT_FLAGS,
                                          SSL_CTRL_SET_CURRENT_CERT,
                                          SSL_CTRL_SET_RETRY_VERIFY,
                                          SSL_CTRL_GET_FLAGS,
                                          1000,
                                          -1};
      const int chosen = kCommands[static_cast<size_t>(command) % std::size(kCommands)];
      if (ssl != nullptr) {
        const bool settles = chosen == SSL_CTRL_GET_SHARED_GROUP || chosen == SSL_CTRL_GET_FLAGS;
        if (settles && SSL_is_init_finished(ssl) == 0) return;
        CALL(world, SSL_ctrl, ssl, chosen, long{1}, nullptr);
      } else {
        CALL(world, SSL_CTX_ctrl, ctx, chosen, long{1}, nullptr);
      }
    },
};

void number(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = draw.chance(55) ? world.connection(draw) : nullptr;
  const Setter setter = draw.pick(kSetters);
  setter(world, ctx, ssl, draw.pick(kNumbers));
}

constexpr Operation kOperations[] = {
    {"number", When::kBetween, 14, number},
    {"number_before", When::kSetting, 20, number},
};

}  // namespace

std::span<const Operation> number_operations() { return kOperations; }

}  // namespace ciao::differential
