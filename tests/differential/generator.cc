#include "generator.h"

#include <algorithm>

namespace ciao::differential {
namespace {

// The operations of one moment, and the sum of the weights up to each.
class Choice {
 public:
  void add(const Operation& operation) {
    sum_ += operation.weight;
    operations_.push_back(&operation);
    sums_.push_back(sum_);
  }

  const Operation* pick(Arguments& draw) const {
    const int at = static_cast<int>(draw.below(static_cast<size_t>(sum_)));
    const auto found = std::upper_bound(sums_.begin(), sums_.end(), at);
    return operations_[static_cast<size_t>(found - sums_.begin())];
  }

 private:
  int sum_ = 0;
  std::vector<const Operation*> operations_;
  std::vector<int> sums_;
};

struct Choices {
  Choice before, midway, all;
};

Choices make_choices() {
  Choices made;
  for (const auto operations :
       {policy_operations(), number_operations(), identity_operations(), verify_operations(),
        callback_operations(), handshake_operations(), transfer_operations(), session_operations(),
        observe_operations(), bio_operations()}) {
    for (const Operation& each : operations) {
      if (each.when != When::kMidway) made.before.add(each);
      if (each.when != When::kSetting) made.midway.add(each);
      made.all.add(each);
    }
  }
  return made;
}

// What a sequence begins with: which versions, which certificate, how wide the transport is.
void begin_context(World& world, Arguments& draw) {
  static constexpr const char* kNames[] = {"ec", "ec", "ec", "ed25519", "ed25519", "ec384", "rsa"};
  const Identity& identity = world.identities.of(draw.pick(kNames));
  for (const Role role : {kServer, kOther}) {
    CALL(world, SSL_CTX_use_certificate, world.context[role], identity.certificate);
    CALL(world, SSL_CTX_use_PrivateKey, world.context[role], identity.key);
  }
  const size_t version = draw.below(5);
  if (version < 2) {
    CALL2(world, SSL_CTX_set_max_proto_version, world.context[kClient], TLS1_2_VERSION);
  } else if (version == 2) {
    CALL2(world, SSL_CTX_set_min_proto_version, world.context[kClient], TLS1_3_VERSION);
  }
  if (draw.chance(25)) {
    for (const Role role : {kClient, kServer}) {
      CALL(world, SSL_CTX_set_verify, world.context[role], SSL_VERIFY_PEER,
           named<SSL_verify_cb>(nullptr, "NULL"));
    }
  }
}

void begin_connections(World& world, Arguments& draw) {
  static constexpr size_t kCapacities[] = {0, 0, 0, 0, 1, 7, 100, 3000, 20000};
  world.capacity = draw.pick(kCapacities);
  world.note("connections" + (world.capacity == 0 ? std::string()
                                                  : ", room for " + std::to_string(world.capacity) +
                                                        " bytes after each call"));
  world.connect();
}

constexpr Operation kContexts = {"begin_context", When::kSetting, 0, begin_context};
constexpr Operation kConnections = {"begin_connections", When::kSetting, 0, begin_connections};

}  // namespace

std::vector<Step> make_sequence(uint64_t seed) {
  static const Choices kChoices = make_choices();
  Arguments draw(seed * 0x2545f4914f6cdd1d + 1);
  std::vector<Step> sequence;
  const auto add = [&](const Operation* operation) {
    sequence.push_back({operation, draw.next()});
  };
  const auto some = [&](const Choice& of, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      add(draw.chance(94) ? of.pick(draw) : kChoices.all.pick(draw));
    }
  };
  const bool cheap = draw.chance(45);
  add(&kContexts);
  some(kChoices.before, draw.below(cheap ? 8 : 4));
  add(&kConnections);
  some(kChoices.before, draw.below(cheap ? 12 : 3));
  if (cheap) return sequence;
  // The first operation of a handshake's own file is the whole handshake.
  add(&handshake_operations()[0]);
  some(kChoices.midway, 2 + draw.below(draw.chance(20) ? 30 : 12));
  return sequence;
}

}  // namespace ciao::differential
