// The parameters of a verification, shared by a context and its connections while nobody can
// change them.
#pragma once

#include <utility>

#include "base/ref.h"
#include "libssl/handles.h"

namespace ciao::tls {

class VerifyParam : public RefCounted<VerifyParam> {
 public:
  // Null without memory.
  static Ref<VerifyParam> make();
  // As SSL_new takes them from a context: what is set there, on top of nothing.
  static Ref<VerifyParam> copy_of(const VerifyParam& other);

  const X509_VERIFY_PARAM* get() const { return param_.get(); }
  X509_VERIFY_PARAM* get_mutable() { return param_.get(); }
  // SSL_CTX_get0_param gave the object away for changing at any later time: from then on it must
  // have one holder.
  void lend() { lent_ = true; }
  bool lent() const { return lent_; }

 private:
  explicit VerifyParam(VerifyParamPtr param) : param_(std::move(param)) {}

  VerifyParamPtr param_;
  bool lent_ = false;
};

// For another holder: shared, or a copy if the application has its hands on it. Null without
// memory.
Ref<VerifyParam> snapshot(const Ref<VerifyParam>& param);
// For changing: first made the holder's own if it is shared. Null without memory.
X509_VERIFY_PARAM* edit(Ref<VerifyParam>& param);

}  // namespace ciao::tls
