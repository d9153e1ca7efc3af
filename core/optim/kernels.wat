;; The loops of training over flat memory: optimizers, running averages, dropout masks. Each works
;; on four float32 at a time and on what is left over one by one, with the same operations in the
;; same order, so that where a parameter lies does not change its bits. js-kernels.ts says the same
;; in JavaScript, and kernels.ts what each is for. Compiled by scripts/build-kernels.ts.
;;
;; $w, $g, $v, $s, $r, $x are addresses in bytes and walk along; $count is what is left to do. A
;; name with _x4 is the same in four lanes. New moments below 2⁻¹²⁶ in magnitude become 0.
(module
  (import "panda" "memory" (memory 0))

  ;; g ← scale · g
  ;; W ← W − α g
  (func (export "gradientDescent")
    (param $w i32) (param $g i32) (param $count i32) (param $scale f32) (param $alpha f32)
    (local $gradient f32) (local $scale_x4 v128) (local $alpha_x4 v128) (local $gradient_x4 v128)
    (local.set $scale_x4 (f32x4.splat (local.get $scale)))
    (local.set $alpha_x4 (f32x4.splat (local.get $alpha)))
    (block $rest (br_if $rest (i32.lt_u (local.get $count) (i32.const 4))) (loop $four
      (local.set $gradient_x4 (f32x4.mul (v128.load (local.get $g)) (local.get $scale_x4)))
      (v128.store (local.get $w) (f32x4.sub
        (v128.load (local.get $w))
        (f32x4.mul (local.get $alpha_x4) (local.get $gradient_x4))))
      (local.set $w (i32.add (local.get $w) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (i32.ge_u (local.get $count) (i32.const 4)))))
    (block $done (br_if $done (i32.eqz (local.get $count))) (loop $one
      (local.set $gradient (f32.mul (f32.load (local.get $g)) (local.get $scale)))
      (f32.store (local.get $w) (f32.sub
        (f32.load (local.get $w))
        (f32.mul (local.get $alpha) (local.get $gradient))))
      (local.set $w (i32.add (local.get $w) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (br_if $one (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

  ;; g ← scale · g
  ;; v ← β v + (1 − β) g
  ;; W ← W − (along_v · v + along_g · g)
  (func (export "momentum")
    (param $w i32) (param $g i32) (param $v i32) (param $count i32) (param $scale f32)
    (param $beta f32) (param $along_v f32) (param $along_g f32)
    (local $complement f32) (local $gradient f32) (local $velocity f32) (local $scale_x4 v128)
    (local $beta_x4 v128) (local $along_v_x4 v128) (local $along_g_x4 v128)
    (local $complement_x4 v128) (local $tiny_x4 v128) (local $gradient_x4 v128)
    (local $velocity_x4 v128)
    (local.set $complement (f32.sub (f32.const 1) (local.get $beta)))
    (local.set $scale_x4 (f32x4.splat (local.get $scale)))
    (local.set $beta_x4 (f32x4.splat (local.get $beta)))
    (local.set $along_v_x4 (f32x4.splat (local.get $along_v)))
    (local.set $along_g_x4 (f32x4.splat (local.get $along_g)))
    (local.set $complement_x4 (f32x4.splat (local.get $complement)))
    (local.set $tiny_x4 (f32x4.splat (f32.const 0x1p-126)))
    (block $rest (br_if $rest (i32.lt_u (local.get $count) (i32.const 4))) (loop $four
      (local.set $gradient_x4 (f32x4.mul (v128.load (local.get $g)) (local.get $scale_x4)))
      (local.set $velocity_x4 (f32x4.add
        (f32x4.mul (local.get $beta_x4) (v128.load (local.get $v)))
        (f32x4.mul (local.get $complement_x4) (local.get $gradient_x4))))
      (local.set $velocity_x4 (v128.andnot (local.get $velocity_x4)
        (f32x4.lt (f32x4.abs (local.get $velocity_x4)) (local.get $tiny_x4))))
      (v128.store (local.get $v) (local.get $velocity_x4))
      (v128.store (local.get $w) (f32x4.sub
        (v128.load (local.get $w))
        (f32x4.add
          (f32x4.mul (local.get $along_v_x4) (local.get $velocity_x4))
          (f32x4.mul (local.get $along_g_x4) (local.get $gradient_x4)))))
      (local.set $w (i32.add (local.get $w) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (i32.ge_u (local.get $count) (i32.const 4)))))
    (block $done (br_if $done (i32.eqz (local.get $count))) (loop $one
      (local.set $gradient (f32.mul (f32.load (local.get $g)) (local.get $scale)))
      (local.set $velocity (f32.add
        (f32.mul (local.get $beta) (f32.load (local.get $v)))
        (f32.mul (local.get $complement) (local.get $gradient))))
      (local.set $velocity (select (f32.const 0) (local.get $velocity)
        (f32.lt (f32.abs (local.get $velocity)) (f32.const 0x1p-126))))
      (f32.store (local.get $v) (local.get $velocity))
      (f32.store (local.get $w) (f32.sub
        (f32.load (local.get $w))
        (f32.add
          (f32.mul (local.get $along_v) (local.get $velocity))
          (f32.mul (local.get $along_g) (local.get $gradient)))))
      (local.set $w (i32.add (local.get $w) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (local.set $v (i32.add (local.get $v) (i32.const 4)))
      (br_if $one (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

  ;; g ← scale · g
  ;; s ← β₂ s + ((1 − β₂) g) g
  ;; W ← W − (α g) / (√s + ε)
  (func (export "rmsprop")
    (param $w i32) (param $g i32) (param $s i32) (param $count i32) (param $scale f32)
    (param $alpha f32) (param $beta2 f32) (param $epsilon f32)
    (local $complement2 f32) (local $gradient f32) (local $square f32) (local $scale_x4 v128)
    (local $alpha_x4 v128) (local $beta2_x4 v128) (local $epsilon_x4 v128)
    (local $complement2_x4 v128) (local $tiny_x4 v128) (local $gradient_x4 v128)
    (local $square_x4 v128)
    (local.set $complement2 (f32.sub (f32.const 1) (local.get $beta2)))
    (local.set $scale_x4 (f32x4.splat (local.get $scale)))
    (local.set $alpha_x4 (f32x4.splat (local.get $alpha)))
    (local.set $beta2_x4 (f32x4.splat (local.get $beta2)))
    (local.set $epsilon_x4 (f32x4.splat (local.get $epsilon)))
    (local.set $complement2_x4 (f32x4.splat (local.get $complement2)))
    (local.set $tiny_x4 (f32x4.splat (f32.const 0x1p-126)))
    (block $rest (br_if $rest (i32.lt_u (local.get $count) (i32.const 4))) (loop $four
      (local.set $gradient_x4 (f32x4.mul (v128.load (local.get $g)) (local.get $scale_x4)))
      (local.set $square_x4 (f32x4.add
        (f32x4.mul (local.get $beta2_x4) (v128.load (local.get $s)))
        (f32x4.mul
          (f32x4.mul (local.get $complement2_x4) (local.get $gradient_x4))
          (local.get $gradient_x4))))
      (local.set $square_x4 (v128.andnot (local.get $square_x4)
        (f32x4.lt (f32x4.abs (local.get $square_x4)) (local.get $tiny_x4))))
      (v128.store (local.get $s) (local.get $square_x4))
      (v128.store (local.get $w) (f32x4.sub (v128.load (local.get $w)) (f32x4.div
        (f32x4.mul (local.get $alpha_x4) (local.get $gradient_x4))
        (f32x4.add (f32x4.sqrt (local.get $square_x4)) (local.get $epsilon_x4)))))
      (local.set $w (i32.add (local.get $w) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $s (i32.add (local.get $s) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (i32.ge_u (local.get $count) (i32.const 4)))))
    (block $done (br_if $done (i32.eqz (local.get $count))) (loop $one
      (local.set $gradient (f32.mul (f32.load (local.get $g)) (local.get $scale)))
      (local.set $square (f32.add
        (f32.mul (local.get $beta2) (f32.load (local.get $s)))
        (f32.mul
          (f32.mul (local.get $complement2) (local.get $gradient))
          (local.get $gradient))))
      (local.set $square (select (f32.const 0) (local.get $square)
        (f32.lt (f32.abs (local.get $square)) (f32.const 0x1p-126))))
      (f32.store (local.get $s) (local.get $square))
      (f32.store (local.get $w) (f32.sub (f32.load (local.get $w)) (f32.div
        (f32.mul (local.get $alpha) (local.get $gradient))
        (f32.add (f32.sqrt (local.get $square)) (local.get $epsilon)))))
      (local.set $w (i32.add (local.get $w) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (local.set $s (i32.add (local.get $s) (i32.const 4)))
      (br_if $one (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

  ;; g ← scale · g
  ;; v ← β₁ v + (1 − β₁) g
  ;; s ← β₂ s + ((1 − β₂) g) g
  ;; W ← (W − shrink · W) − (rate · v) / (√s · root + ε)
  ;; with rate = α / (1 − Π β₁), root = 1 / √(1 − Π β₂), and shrink = α · weight decay or 0
  (func (export "adam")
    (param $w i32) (param $g i32) (param $v i32) (param $s i32) (param $count i32)
    (param $scale f32) (param $rate f32) (param $root f32) (param $beta1 f32) (param $beta2 f32)
    (param $epsilon f32) (param $shrink f32)
    (local $complement1 f32) (local $complement2 f32) (local $gradient f32) (local $velocity f32)
    (local $square f32) (local $weight f32) (local $scale_x4 v128) (local $rate_x4 v128)
    (local $root_x4 v128) (local $beta1_x4 v128) (local $beta2_x4 v128) (local $epsilon_x4 v128)
    (local $shrink_x4 v128) (local $complement1_x4 v128) (local $complement2_x4 v128)
    (local $tiny_x4 v128) (local $gradient_x4 v128) (local $velocity_x4 v128)
    (local $square_x4 v128) (local $weight_x4 v128)
    (local.set $complement1 (f32.sub (f32.const 1) (local.get $beta1)))
    (local.set $complement2 (f32.sub (f32.const 1) (local.get $beta2)))
    (local.set $scale_x4 (f32x4.splat (local.get $scale)))
    (local.set $rate_x4 (f32x4.splat (local.get $rate)))
    (local.set $root_x4 (f32x4.splat (local.get $root)))
    (local.set $beta1_x4 (f32x4.splat (local.get $beta1)))
    (local.set $beta2_x4 (f32x4.splat (local.get $beta2)))
    (local.set $epsilon_x4 (f32x4.splat (local.get $epsilon)))
    (local.set $shrink_x4 (f32x4.splat (local.get $shrink)))
    (local.set $complement1_x4 (f32x4.splat (local.get $complement1)))
    (local.set $complement2_x4 (f32x4.splat (local.get $complement2)))
    (local.set $tiny_x4 (f32x4.splat (f32.const 0x1p-126)))
    (block $rest (br_if $rest (i32.lt_u (local.get $count) (i32.const 4))) (loop $four
      (local.set $gradient_x4 (f32x4.mul (v128.load (local.get $g)) (local.get $scale_x4)))
      (local.set $velocity_x4 (f32x4.add
        (f32x4.mul (local.get $beta1_x4) (v128.load (local.get $v)))
        (f32x4.mul (local.get $complement1_x4) (local.get $gradient_x4))))
      (local.set $velocity_x4 (v128.andnot (local.get $velocity_x4)
        (f32x4.lt (f32x4.abs (local.get $velocity_x4)) (local.get $tiny_x4))))
      (v128.store (local.get $v) (local.get $velocity_x4))
      (local.set $square_x4 (f32x4.add
        (f32x4.mul (local.get $beta2_x4) (v128.load (local.get $s)))
        (f32x4.mul
          (f32x4.mul (local.get $complement2_x4) (local.get $gradient_x4))
          (local.get $gradient_x4))))
      (local.set $square_x4 (v128.andnot (local.get $square_x4)
        (f32x4.lt (f32x4.abs (local.get $square_x4)) (local.get $tiny_x4))))
      (v128.store (local.get $s) (local.get $square_x4))
      (local.set $weight_x4 (v128.load (local.get $w)))
      (v128.store (local.get $w) (f32x4.sub
        (f32x4.sub (local.get $weight_x4) (f32x4.mul (local.get $shrink_x4) (local.get $weight_x4)))
        (f32x4.div
          (f32x4.mul (local.get $rate_x4) (local.get $velocity_x4))
          (f32x4.add
            (f32x4.mul (f32x4.sqrt (local.get $square_x4)) (local.get $root_x4))
            (local.get $epsilon_x4)))))
      (local.set $w (i32.add (local.get $w) (i32.const 16)))
      (local.set $g (i32.add (local.get $g) (i32.const 16)))
      (local.set $v (i32.add (local.get $v) (i32.const 16)))
      (local.set $s (i32.add (local.get $s) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (i32.ge_u (local.get $count) (i32.const 4)))))
    (block $done (br_if $done (i32.eqz (local.get $count))) (loop $one
      (local.set $gradient (f32.mul (f32.load (local.get $g)) (local.get $scale)))
      (local.set $velocity (f32.add
        (f32.mul (local.get $beta1) (f32.load (local.get $v)))
        (f32.mul (local.get $complement1) (local.get $gradient))))
      (local.set $velocity (select (f32.const 0) (local.get $velocity)
        (f32.lt (f32.abs (local.get $velocity)) (f32.const 0x1p-126))))
      (f32.store (local.get $v) (local.get $velocity))
      (local.set $square (f32.add
        (f32.mul (local.get $beta2) (f32.load (local.get $s)))
        (f32.mul
          (f32.mul (local.get $complement2) (local.get $gradient))
          (local.get $gradient))))
      (local.set $square (select (f32.const 0) (local.get $square)
        (f32.lt (f32.abs (local.get $square)) (f32.const 0x1p-126))))
      (f32.store (local.get $s) (local.get $square))
      (local.set $weight (f32.load (local.get $w)))
      (f32.store (local.get $w) (f32.sub
        (f32.sub (local.get $weight) (f32.mul (local.get $shrink) (local.get $weight)))
        (f32.div
          (f32.mul (local.get $rate) (local.get $velocity))
          (f32.add
            (f32.mul (f32.sqrt (local.get $square)) (local.get $root))
            (local.get $epsilon)))))
      (local.set $w (i32.add (local.get $w) (i32.const 4)))
      (local.set $g (i32.add (local.get $g) (i32.const 4)))
      (local.set $v (i32.add (local.get $v) (i32.const 4)))
      (local.set $s (i32.add (local.get $s) (i32.const 4)))
      (br_if $one (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

  ;; r ← keep · r + (1 − keep) · x
  (func (export "lerp")
    (param $r i32) (param $x i32) (param $count i32) (param $keep f32)
    (local $complement f32) (local $keep_x4 v128) (local $complement_x4 v128)
    (local.set $complement (f32.sub (f32.const 1) (local.get $keep)))
    (local.set $keep_x4 (f32x4.splat (local.get $keep)))
    (local.set $complement_x4 (f32x4.splat (local.get $complement)))
    (block $rest (br_if $rest (i32.lt_u (local.get $count) (i32.const 4))) (loop $four
      (v128.store (local.get $r) (f32x4.add
        (f32x4.mul (local.get $keep_x4) (v128.load (local.get $r)))
        (f32x4.mul (local.get $complement_x4) (v128.load (local.get $x)))))
      (local.set $r (i32.add (local.get $r) (i32.const 16)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (i32.ge_u (local.get $count) (i32.const 4)))))
    (block $done (br_if $done (i32.eqz (local.get $count))) (loop $one
      (f32.store (local.get $r) (f32.add
        (f32.mul (local.get $keep) (f32.load (local.get $r)))
        (f32.mul (local.get $complement) (f32.load (local.get $x)))))
      (local.set $r (i32.add (local.get $r) (i32.const 4)))
      (local.set $x (i32.add (local.get $x) (i32.const 4)))
      (br_if $one (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))

  ;; hash = mix(i · 0x9E3779B1 + seed), where mix is the finaliser of murmur3:
  ;;   h ^= h >> 16, h *= 0x85EBCA6B, h ^= h >> 13, h *= 0xC2B2AE35, h ^= h >> 16
  ;; mask ← hash ≥ threshold ? kept : 0
  (func (export "mask")
    (param $into i32) (param $count i32) (param $seed i32) (param $threshold i32) (param $kept f32)
    (local $h i32) (local $h_x4 v128) (local $sum_x4 v128) (local $limit_x4 v128)
    (local $kept_x4 v128)
    ;; i · 0x9E3779B1 + seed, of four places and, in $seed itself, of one.
    (local.set $sum_x4 (i32x4.add
      (i32x4.splat (local.get $seed))
      (i32x4.mul (v128.const i32x4 0 1 2 3) (i32x4.splat (i32.const 0x9E3779B1)))))
    (local.set $limit_x4 (i32x4.splat (local.get $threshold)))
    (local.set $kept_x4 (f32x4.splat (local.get $kept)))
    (block $rest (br_if $rest (i32.lt_u (local.get $count) (i32.const 4))) (loop $four
      (local.set $h_x4 (local.get $sum_x4))
      (local.set $h_x4 (v128.xor (local.get $h_x4) (i32x4.shr_u (local.get $h_x4) (i32.const 16))))
      (local.set $h_x4 (i32x4.mul (local.get $h_x4) (i32x4.splat (i32.const 0x85EBCA6B))))
      (local.set $h_x4 (v128.xor (local.get $h_x4) (i32x4.shr_u (local.get $h_x4) (i32.const 13))))
      (local.set $h_x4 (i32x4.mul (local.get $h_x4) (i32x4.splat (i32.const 0xC2B2AE35))))
      (local.set $h_x4 (v128.xor (local.get $h_x4) (i32x4.shr_u (local.get $h_x4) (i32.const 16))))
      (v128.store (local.get $into) (v128.and
        (local.get $kept_x4)
        (i32x4.ge_u (local.get $h_x4) (local.get $limit_x4))))
      ;; 4 · 0x9E3779B1, modulo 2³²
      (local.set $sum_x4 (i32x4.add (local.get $sum_x4) (i32x4.splat (i32.const 0x78DDE6C4))))
      (local.set $seed (i32.add (local.get $seed) (i32.const 0x78DDE6C4)))
      (local.set $into (i32.add (local.get $into) (i32.const 16)))
      (local.set $count (i32.sub (local.get $count) (i32.const 4)))
      (br_if $four (i32.ge_u (local.get $count) (i32.const 4)))))
    (block $done (br_if $done (i32.eqz (local.get $count))) (loop $one
      (local.set $h (i32.xor (local.get $seed) (i32.shr_u (local.get $seed) (i32.const 16))))
      (local.set $h (i32.mul (local.get $h) (i32.const 0x85EBCA6B)))
      (local.set $h (i32.xor (local.get $h) (i32.shr_u (local.get $h) (i32.const 13))))
      (local.set $h (i32.mul (local.get $h) (i32.const 0xC2B2AE35)))
      (local.set $h (i32.xor (local.get $h) (i32.shr_u (local.get $h) (i32.const 16))))
      (f32.store (local.get $into) (select (local.get $kept) (f32.const 0)
        (i32.ge_u (local.get $h) (local.get $threshold))))
      (local.set $seed (i32.add (local.get $seed) (i32.const 0x9E3779B1)))
      (local.set $into (i32.add (local.get $into) (i32.const 4)))
      (br_if $one (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
)
