"""Where new data come from: what a source is, three of them, and what adds what data/ lacks."""
