"""Arithmetic, comparison and functions of one number, element by element."""

ALL = dict.fromkeys(("torch", "jax", "tensorflow", "numpy"), "composite")


def fill(op):
    # -- one array -----------------------------------------------------------------------------------------------
    op("abs(x)", "Absolute value.")
    op("absolute(x)", "Absolute value.", tensorflow="abs")
    op("negative(x)", "-x.")
    op("sign(x)", "-1, 0 or 1.")
    op("square(x)", "x times x.")
    op("sqrt(x)", "Square root.", floats=True)
    op("rsqrt(x)", "One over the square root.", floats=True)
    op("reciprocal(x)", "One over x.", floats=True)
    op("exp(x)", "e to the power x.", floats=True)
    op("expm1(x)", "exp(x) - 1, exact near zero.", floats=True)
    op("exp2(x)", "2 to the power x.", floats=True)
    op("log(x)", "Natural logarithm.", floats=True)
    op("log1p(x)", "log(1 + x), exact near zero.", floats=True)
    op("log2(x)", "Logarithm to base 2.", floats=True)
    op("log10(x)", "Logarithm to base 10.", floats=True)
    op("sin(x)", "Sine of x in radians.", floats=True)
    op("cos(x)", "Cosine of x in radians.", floats=True)
    op("tan(x)", "Tangent of x in radians.", floats=True)
    op("arcsin(x)", "Inverse sine, in radians.", floats=True, tensorflow="asin")
    op("arccos(x)", "Inverse cosine, in radians.", floats=True, tensorflow="acos")
    op("arctan(x)", "Inverse tangent, in radians.", floats=True, tensorflow="atan")
    op("sinh(x)", "Hyperbolic sine.", floats=True)
    op("cosh(x)", "Hyperbolic cosine.", floats=True)
    op("tanh(x)", "Hyperbolic tangent.", floats=True)
    op("arcsinh(x)", "Inverse hyperbolic sine.", floats=True, tensorflow="asinh")
    op("arccosh(x)", "Inverse hyperbolic cosine.", floats=True, tensorflow="acosh")
    op("arctanh(x)", "Inverse hyperbolic tangent.", floats=True, tensorflow="atanh")
    op("floor(x)", "The next whole number below.", floats=True)
    op("ceil(x)", "The next whole number above.", floats=True)
    op("trunc(x)", "The whole part of x.")
    op("round(x, decimals=0)", "x rounded to so many decimals, halves to even.")
    op("isnan(x)", "Where x is not a number.")
    op("isinf(x)", "Where x is infinite.")
    op("isfinite(x)", "Where x is neither infinite nor not a number.")
    op("logical_not(x)", "Where x is false.")
    op("erf(x)", "The error function.", floats=True)
    op("clip(x, x_min, x_max)", "x, but not below x_min and not above x_max.")
    op(
        "nan_to_num(x, nan=0.0, posinf=None, neginf=None)",
        "x with numbers in place of NaN and infinity.",
        jax="nan_to_num(nan, posinf, neginf)",
        numpy="nan_to_num(nan, posinf, neginf)",
    )
    op("stop_gradient(variable)", "The same values; no gradient flows through.", simple=False)

    # -- two arrays ----------------------------------------------------------------------------------------------
    op("add(x1, x2)", "x1 + x2.")
    op("subtract(x1, x2)", "x1 - x2.")
    op("multiply(x1, x2)", "x1 times x2.")
    op("divide(x1, x2)", "x1 / x2; whole numbers give floats.", floats=True)
    op("true_divide(x1, x2)", "x1 / x2; whole numbers give floats.", floats=True, tensorflow="divide")
    op("floor_divide(x1, x2)", "x1 / x2 rounded down.", tensorflow="math.floordiv")
    op("mod(x1, x2)", "What is left of x1 after division by x2; it has the sign of x2.", torch="remainder")
    op("power(x1, x2)", "x1 to the power x2.", torch="pow", tensorflow="pow")
    op("maximum(x1, x2)", "The larger of two, element by element.")
    op("minimum(x1, x2)", "The smaller of two, element by element.")
    op("arctan2(x1, x2)", "The angle of the point (x2, x1), in radians.", floats=True, tensorflow="atan2")
    op("equal(x1, x2)", "Where x1 equals x2.", torch="eq")
    op("not_equal(x1, x2)", "Where x1 differs from x2.", torch="ne")
    op("greater(x1, x2)", "Where x1 > x2.", torch="gt")
    op("greater_equal(x1, x2)", "Where x1 >= x2.", torch="ge")
    op("less(x1, x2)", "Where x1 < x2.", torch="lt")
    op("less_equal(x1, x2)", "Where x1 <= x2.", torch="le")
    op("logical_and(x1, x2)", "Where both are true.")
    op("logical_or(x1, x2)", "Where at least one is true.")
    op("logical_xor(x1, x2)", "Where exactly one is true.")
    op("where(condition, x1=None, x2=None)", "x1 where the condition holds, x2 elsewhere; indices if only a condition.")

    # -- more of NumPy -------------------------------------------------------------------------------------------
    op("fabs(x)", "Absolute value as a float.", floats=True, torch="abs", tensorflow="abs")
    op("cbrt(x)", "Cube root.", floats=True)
    op("deg2rad(x)", "Degrees as radians.", floats=True)
    op("rad2deg(x)", "Radians as degrees.", floats=True)
    op("erfc(x)", "1 - erf(x).", floats=True, **ALL)
    op("erfinv(x)", "Inverse of the error function.", floats=True)
    op("sinc(x)", "sin(pi x) / (pi x).", floats=True)
    op("i0(x)", "Modified Bessel function of order 0.", floats=True, tensorflow="math.bessel_i0")
    op("signbit(x)", "Where the sign is minus, for zero too.", tensorflow="composite")
    op("isposinf(x)", "Where x is plus infinity.", floats=True)
    op("isneginf(x)", "Where x is minus infinity.", floats=True)
    op("isreal(x)", "Where the imaginary part is zero.")
    op("real(x)", "Real part.")
    op("imag(x)", "Imaginary part.")
    op("angle(x)", "Angle of a complex number, in radians.", floats=True)
    op("conj(x)", "Complex conjugate.")
    op("conjugate(x)", "Complex conjugate.", torch="conj", tensorflow="math.conj")
    op("bitwise_not(x)", "Bits turned.", tensorflow="bitwise.invert")
    op(
        "bitwise_invert(x)",
        "Bits turned.",
        torch="bitwise_not",
        tensorflow="bitwise.invert",
        jax="invert",
        numpy="invert",
    )
    op("fmax(x1, x2)", "The larger of two; a number rather than NaN.", tensorflow="composite")
    op("fmin(x1, x2)", "The smaller of two; a number rather than NaN.", tensorflow="composite")
    op("fmod(x1, x2)", "What is left of x1 after division by x2; it has the sign of x1.", tensorflow="truncatemod")
    op("hypot(x1, x2)", "sqrt(x1^2 + x2^2).", floats=True)
    op("heaviside(x1, x2)", "0 below zero, 1 above, x2 at zero.", floats=True)
    op("logaddexp(x1, x2)", "log(exp(x1) + exp(x2)).", floats=True)
    op("logaddexp2(x1, x2)", "log2(2^x1 + 2^x2).", floats=True)
    op("divide_no_nan(x1, x2)", "x1 / x2, and 0 where x2 is 0.", floats=True)
    op("nextafter(x1, x2)", "The next number after x1 toward x2.", floats=True)
    op("ldexp(x1, x2)", "x1 times 2 to the power x2.", **ALL)
    op("gcd(x1, x2)", "Greatest common divisor.", **ALL)
    op("lcm(x1, x2)", "Least common multiple.", **ALL)
    op("isclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False)", "Where |x1 - x2| <= atol + rtol |x2|.")
    op("allclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False)", "Whether isclose everywhere.")
    op("bitwise_and(x, y)", "Bits that are 1 in both.", tensorflow="bitwise.bitwise_and")
    op("bitwise_or(x, y)", "Bits that are 1 in at least one.", tensorflow="bitwise.bitwise_or")
    op("bitwise_xor(x, y)", "Bits that are 1 in exactly one.", tensorflow="bitwise.bitwise_xor")
    op(
        "bitwise_left_shift(x, y)",
        "Bits moved up.",
        tensorflow="bitwise.left_shift",
        jax="left_shift",
        numpy="left_shift",
    )
    op(
        "bitwise_right_shift(x, y)",
        "Bits moved down.",
        tensorflow="bitwise.right_shift",
        jax="right_shift",
        numpy="right_shift",
    )
    op("left_shift(x, y)", "Bits moved up.", tensorflow="bitwise.left_shift", torch="bitwise_left_shift")
    op("right_shift(x, y)", "Bits moved down.", tensorflow="bitwise.right_shift", torch="bitwise_right_shift")
    op("polar(abs_, angle)", "Complex numbers from absolute values and angles in radians.", simple=False, **ALL)
    op("view_as_complex(x)", "Complex numbers from a last axis (real, imaginary).")
    op("view_as_real(x)", "Real and imaginary parts on a new last axis.")
